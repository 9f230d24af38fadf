import type { MessageData } from '../generated/messages.ts';
import { checkShape } from './check-shape.ts';
import type { Issue } from './issue.ts';

/**
 * Types of the gateways' own messages that ask the receiving gateway for something (domain.md 3.4). Receipts have a
 * way of their own, and the ping is not stored.
 */
export const ownMessageTypes = [
  'key-rotation',
  'key-confirmed',
  'ledger-digest',
  'register-digest',
  'resync-request',
] as const;

export type OwnMessageType = (typeof ownMessageTypes)[number];

/** One of them, checked. */
export type OwnMessage = {
  [Type in OwnMessageType]: { type: Type; data: MessageData[Type] };
}[OwnMessageType];

export function isOwnMessageType(type: string): type is OwnMessageType {
  return ownMessageTypes.some((known) => known === type);
}

/** Whether data are such a message; `message` is there exactly when nothing is wrong with it. */
export function checkOwnMessage(
  type: OwnMessageType,
  data: unknown,
): { message?: OwnMessage; errors: Issue[] } {
  const shaped = checkShape(type, data);
  if (shaped.errors !== undefined) return { errors: shaped.errors };
  return { message: { type, data: shaped.data } as OwnMessage, errors: [] };
}
