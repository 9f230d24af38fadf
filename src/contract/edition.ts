/**
 * Edition of the contract (schemas, code lists, rules) that this gateway understands. It grows with every
 * change that an older gateway could not read, and is announced with every answer to a partner.
 */
export const CONTRACT_EDITION = 1;
