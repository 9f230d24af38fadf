import { eventTypeOf, GATEWAY_SUBJECT, isGatewayType } from './event-types.ts';
import { isJsonObject } from './parse-strict-json.ts';
import { SetError } from './set-error.ts';

/** The one event of a SET. `data` is not checked yet: that is the contract's affair (protocol.md 2.3). */
export interface SetEvent {
  /** An EventType, or one that this gateway does not know: then the content is refused, not the SET. */
  type: string;
  /** Absent from the gateways' own messages. */
  version?: number;
  /** undefined where the event has none: the contract says what is missing. */
  data: unknown;
}

/** Checks the claim `events` (RFC 8417, 2.2): exactly one event, of a URI that we or SSF define. */
export function checkEvent(events: unknown, subject: string): SetEvent {
  const [entry, ...more] = isJsonObject(events) ? Object.entries(events) : [];
  if (!entry || more.length > 0)
    throw new SetError('invalid_set', 'the claim events does not hold exactly one event');
  const [uri, event] = entry;
  const type = eventTypeOf(uri);
  if (type === undefined)
    throw new SetError('invalid_set', 'the URI of the event is not urn:mra-gateway:event:<type>:v1');
  if (!isJsonObject(event)) throw new SetError('invalid_set', 'the event is not a JSON object');
  // The ping's subject is the stream, which other software names in its own way (SSF 8.1.4.1).
  if (type === 'verification') return { type, data: event };
  if (isGatewayType(type)) {
    if (subject !== GATEWAY_SUBJECT)
      throw new SetError('invalid_set', `sub_id.id of a ${type} is not ${GATEWAY_SUBJECT}`);
    return { type, data: event.data };
  }
  if (subject === GATEWAY_SUBJECT) {
    throw new SetError('invalid_set', `sub_id.id of a message about a subject is ${GATEWAY_SUBJECT}`);
  }
  return { type, ...versionOf(event.version), data: event.data };
}

/** A version that is missing is left to the contract: that message can never become right, so it is refused. */
function versionOf(version: unknown): { version?: number } {
  if (version === undefined) return {};
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw new SetError('invalid_set', 'the version of the event is not a whole number from 1');
  }
  return { version };
}
