import type { Party } from './party.ts';

/** What a link lets its back ends do; it binds the sender only (domain.md 2). */
export interface LinkPolicy {
  /** A code with a wrong check digit is said to be in use. */
  usccCheckDigits: 'refuse' | 'warn';
  consentRequired: boolean;
}

export interface CheckContext {
  side: 'sender' | 'receiver';
  /** The party that signs the message. */
  sender: Party;
  now: Date;
  /** How far the two clocks may be apart, in milliseconds. */
  skewMs: number;
  policy: LinkPolicy;
}
