/**
 * Edition of the contract (schemas, code lists, rules) that this gateway understands. It grows with every
 * change that an older gateway could not read, and is announced with every answer to a partner.
 */
export const CONTRACT_EDITION = 1;

/** Types that came with a later edition than the first, by the edition that a reader of them must understand. */
const laterTypes: Readonly<Record<string, number>> = {};

/** The edition that a partner must have announced before a message of this type is sent to it. */
export function neededEdition(type: string): number {
  return laterTypes[type] ?? 1;
}
