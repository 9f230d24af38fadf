import type { OwnMessage, OwnMessageType } from '../contract/check-own-message.ts';
import type { MessageData } from '../generated/messages.ts';
import type { Link } from '../links/link.ts';
import type { Transaction } from '../store/database.ts';
import type { Judged } from './incoming.ts';

/** A message of the partner's gateway to ours, verified, checked and stored in this transaction. */
export interface OwnReceived<Type extends OwnMessageType> {
  id: string;
  /** The partner's key that signed it. */
  kid: string;
  data: MessageData[Type];
}

export interface HandlingContext {
  link: Link;
  now: Date;
  /** Runs when the transaction is committed, never if it is not: waking a lane, changing keys in memory. */
  afterCommit(effect: () => void): void;
}

/**
 * What messages of one type ask for, done in the transaction that stores them: a repeat finds the message known and
 * asks for nothing. A handler that throws leaves nothing of the request behind, and the partner sends it again: what
 * a message alone can get wrong must be said by its schema, never by a throw.
 */
export type OwnMessageHandler<Type extends OwnMessageType> = (
  tx: Transaction,
  received: readonly OwnReceived<Type>[],
  context: HandlingContext,
) => Promise<void>;

/** By type. A type without a handler is stored and receipted, and asks for nothing here. */
export type OwnMessageHandlers = { readonly [Type in OwnMessageType]?: OwnMessageHandler<Type> };

/** Calls the handler of each type among the messages of one request, once for all of its messages. */
export async function handleOwnMessages(
  tx: Transaction,
  handlers: OwnMessageHandlers,
  fresh: readonly Judged[],
  context: HandlingContext,
): Promise<void> {
  const own = fresh.filter((judged) => judged.kind === 'own');
  for (const type of new Set(own.map(({ message }) => message.type))) {
    const received = own
      .filter(({ message }) => message.type === type)
      .map(({ set, message }) => ({ id: set.jti, kid: set.kid, data: message.data }));
    const handle = handlers[type] as ((...call: HandlerCall) => Promise<void>) | undefined;
    await handle?.(tx, received, context);
  }
}

type HandlerCall = [
  Transaction,
  readonly { id: string; kid: string; data: OwnMessage['data'] }[],
  HandlingContext,
];
