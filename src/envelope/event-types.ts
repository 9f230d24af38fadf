/** Messages about a subject; the subject's versions count them. A version-void takes the version of a withdrawn one. */
export const VERSIONED_TYPES = [
  'enterprise-status',
  'certification-change',
  'validation-result',
  'version-void',
] as const;

/** The gateways' own messages: subject `gateway`, no version (domain.md 3.4). */
export const GATEWAY_TYPES = [
  'receipt',
  'key-rotation',
  'key-confirmed',
  'ledger-digest',
  'register-digest',
  'resync-request',
  'verification',
] as const;

export type VersionedType = (typeof VERSIONED_TYPES)[number];
export type GatewayType = (typeof GATEWAY_TYPES)[number];
export type EventType = VersionedType | GatewayType;

/** `sub_id.id` of the gateways' own messages. */
export const GATEWAY_SUBJECT = 'gateway';

/** OpenID Shared Signals Framework 1.0, 8.1.4.1: the ping. Its event is the data itself. */
const VERIFICATION_URI = 'https://schemas.openid.net/secevent/ssf/event-type/verification';

const shape = /^urn:mra-gateway:event:([a-z][a-z0-9]{0,31}(?:-[a-z0-9]{1,31}){0,7}):v1$/;

export function isVersionedType(type: string): type is VersionedType {
  return VERSIONED_TYPES.some((known) => known === type);
}

export function isGatewayType(type: string): type is GatewayType {
  return GATEWAY_TYPES.some((known) => known === type);
}

export function eventUri(type: EventType): string {
  return type === 'verification' ? VERIFICATION_URI : `urn:mra-gateway:event:${type}:v1`;
}

/** @returns the type that an event's URI names, which this gateway need not know; undefined if it names none */
export function eventTypeOf(uri: string): string | undefined {
  if (uri === VERIFICATION_URI) return 'verification';
  const type = shape.exec(uri)?.[1];
  return type === 'verification' ? undefined : type;
}
