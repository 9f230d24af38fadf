// Generated from schemas/messages/*.v1.json by schemas/generate.ts; not to be edited.

import type { AddressType, Change, CriteriaEdition, FindingResult, GaccClass, IdentifierScheme, Kind, Mode, Obligation, Occasion, Outcome, Party, Programme, Reason, ReceiptOutcome, RecordStatus, Regime, Role, Status, TeamRole, Tier } from './codes.ts';

/**
 * The data of a message by its type.
 */
export interface MessageData {
  'enterprise-status': EnterpriseStatus;
  'certification-change': CertificationChange;
  'validation-result': ValidationResult;
  'version-void': VersionVoid;
  receipt: Receipt;
  'key-rotation': KeyRotation;
  'key-confirmed': KeyConfirmed;
  'ledger-digest': LedgerDigest;
  'register-digest': RegisterDigest;
  'resync-request': ResyncRequest;
}
/**
 * The full record of one enterprise (domain.md 3.1). The subject is enterprise.id.
 */
export interface EnterpriseStatus {
  /**
   * Who the record is about. No personal data: contact goes through the liaison officers of the administrations.
   */
  enterprise: {
    /**
     * The canonical id, the same on both sides.
     */
    id: string;
    /**
     * All identifiers exchanged; the registration that makes the id is among them exactly once.
     */
    identifiers: Identifier[];
    name: Name;
    /**
     * At least one.
     */
    addresses: Address[];
    /**
     * At least one; each once.
     */
    roles: Role[];
    /**
     * Ids that this enterprise had or took over.
     */
    supersedes?: string[];
    /**
     * Ids that took over from this one.
     */
    supersededBy?: string[];
  };
  /**
   * The programme of the country of the id.
   */
  programme: Programme;
  /**
   * The regime in force at statusSince, without which a class means nothing.
   */
  regime: Regime;
  /**
   * Chinese enterprises only; required when certified or suspended.
   */
  class?: GaccClass;
  /**
   * US enterprises only; required when certified or suspended.
   */
  tier?: Tier;
  /**
   * Where the enterprise stands in the life cycle.
   */
  status: RecordStatus;
  /**
   * The day since which regime, class or tier, and status stand together.
   */
  statusSince: string;
  /**
   * When the enterprise was first certified; required unless applicant.
   */
  certifiedOn?: string;
  /**
   * Last day of validity; past it nobody is recognised.
   */
  validUntil?: string;
  /**
   * End of the last validation.
   */
  lastValidatedOn?: string;
  /**
   * Stored as stated, never computed.
   */
  nextReviewDue?: string;
  /**
   * The consent of the enterprise to the exchange; required where the link demands it.
   */
  consent?: {
    /**
     * When it was given.
     */
    givenOn: string;
    /**
     * When it was withdrawn; stops the benefits at the partner.
     */
    withdrawnOn?: string;
  };
  /**
   * Why the record is sent.
   */
  occasion: Occasion;
  correction?: Correction;
  /**
   * An explanation for the partner.
   */
  reason?: string;
}
/**
 * One identifier under a scheme; its shape and check digits follow the scheme.
 */
export interface Identifier {
  /**
   * Who issues the identifier and by which rules.
   */
  scheme: IdentifierScheme;
  /**
   * As issued, without display hyphens.
   */
  value: string;
}
/**
 * The name in Latin letters and, where the rules demand it, in native script.
 */
export interface Name {
  native?: NativeName;
  /**
   * Always required.
   */
  latin: string;
}
/**
 * The name in the script of its country, as GACC matches Chinese names.
 */
export interface NativeName {
  /**
   * The name itself.
   */
  text: string;
  /**
   * BCP 47 tag: language, then script and region where they matter.
   */
  lang: string;
}
/**
 * A place, for people and for matching.
 */
export interface Address {
  /**
   * What the address is to the enterprise.
   */
  type: AddressType;
  /**
   * Street lines in Latin letters or native script.
   */
  lines: string[];
  /**
   * City or town.
   */
  city: string;
  /**
   * ISO 3166-2.
   */
  subdivision?: string;
  /**
   * As written in its country.
   */
  postalCode?: string;
  /**
   * ISO 3166-1 alpha-2.
   */
  country: string;
}
/**
 * Names the message that this one corrects; this message holds the whole corrected data and counts at the version of that one.
 */
export interface Correction {
  /**
   * The id of the message corrected.
   */
  messageId: string;
  /**
   * The version of that message.
   */
  version: number;
  /**
   * What differs from the original.
   */
  changes: ChangedMember[];
  /**
   * Why it was wrong.
   */
  reason: string;
}
/**
 * One member that the correction changes.
 */
export interface ChangedMember {
  /**
   * RFC 6901 pointer into data.
   */
  pointer: string;
  /**
   * The value before; null where there was none.
   */
  old: unknown;
  /**
   * The value in this message; null where the member is gone.
   */
  new: unknown;
}
/**
 * One decision on the certification of an enterprise (domain.md 3.2). The subject is enterprise.id.
 */
export interface CertificationChange {
  /**
   * Who the decision is about.
   */
  enterprise: {
    /**
     * The canonical id, the same on both sides.
     */
    id: string;
    name: Name;
  };
  /**
   * The programme of the country of the id.
   */
  programme: Programme;
  /**
   * The regime in force at effectiveOn.
   */
  regime: Regime;
  /**
   * What was decided.
   */
  change: Change;
  from: Standing;
  to: Target;
  /**
   * Not in the future.
   */
  decidedOn: string;
  /**
   * Not before decidedOn; may be in the future.
   */
  effectiveOn: string;
  /**
   * Required for downgraded, suspended and revoked.
   */
  reasonCode?: Reason;
  /**
   * Required with reasonCode other.
   */
  reason?: string;
  /**
   * The provision on which the decision rests.
   */
  legalBasis?: string;
  /**
   * The validation that led to the decision; it need not have arrived.
   */
  relatedValidation?: string;
  /**
   * Sent before all others; default true for suspended and revoked.
   */
  urgent?: boolean;
  correction?: Correction;
}
/**
 * Status, class or tier, and regime where it is another than the message's.
 */
export interface Standing {
  /**
   * Where the enterprise stands in the life cycle.
   */
  status: Status;
  /**
   * Chinese enterprises only.
   */
  class?: GaccClass;
  /**
   * US enterprises only.
   */
  tier?: Tier;
  /**
   * The regime of this class or tier, where it is not the message's; required when reclassified.
   */
  regime?: Regime;
}
/**
 * Status and class or tier after the decision.
 */
export interface Target {
  /**
   * The status from effectiveOn on.
   */
  status: RecordStatus;
  /**
   * Chinese enterprises only.
   */
  class?: GaccClass;
  /**
   * US enterprises only.
   */
  tier?: Tier;
}
/**
 * The result of one (joint) validation of a facility (domain.md 3.3). The subject is validationId.
 */
export interface ValidationResult {
  /**
   * The id that both sides use.
   */
  validationId: string;
  /**
   * A pilot round or campaign.
   */
  round?: string;
  /**
   * Why the validation took place.
   */
  kind: Kind;
  /**
   * How it was done.
   */
  mode: Mode;
  /**
   * The site validated; normally no C-TPAT member.
   */
  facility: {
    name: Name;
    /**
     * Its manufacturer codes and registrations.
     */
    identifiers: Identifier[];
    address: Address;
  };
  /**
   * Only where the facility has a record, whose registration its identifiers then bear.
   */
  enterpriseId?: string;
  /**
   * The C-TPAT account of the importer in whose supply chain the facility stands.
   */
  sponsor?: {
    /**
     * Always a C-TPAT account.
     */
    scheme: 'cbp.ctpat-account';
    /**
     * The account, without hyphens.
     */
    value: string;
  };
  /**
   * The administration that led the validation and sends its result.
   */
  lead: Party;
  /**
   * The offices that took part; no names of persons. Required for a joint validation.
   *
   * Items: An office in the team.
   */
  team?: {
    /**
     * Whose office it is.
     */
    party: Party;
    /**
     * The office, never a person.
     */
    office: string;
    /**
     * Its part in the validation.
     */
    role: TeamRole;
  }[];
  /**
   * First and last day; at most ten days Monday to Friday.
   */
  visit: {
    /**
     * First day.
     */
    from: string;
    /**
     * Last day.
     */
    to: string;
  };
  /**
   * The edition in use at visit.from.
   */
  criteria: CriteriaEdition;
  /**
   * One for each criterion examined; empty only when passed.
   *
   * Items: What was found on one criterion.
   */
  findings: {
    /**
     * Category, dot, number.
     */
    criterion: string;
    /**
     * The number before the dot; a category of the edition.
     */
    category: number;
    /**
     * Must or should, by the edition.
     */
    obligation: Obligation;
    /**
     * How the facility stands.
     */
    result: FindingResult;
    /**
     * What was seen.
     */
    note?: string;
    /**
     * What is to be done.
     */
    action?: string;
    /**
     * By when.
     */
    dueOn?: string;
  }[];
  /**
   * The agreed conclusion.
   */
  outcome: Outcome;
  /**
   * Who agreed to the report, and when. Both parties for a joint validation.
   *
   * Items: The agreement of one office.
   */
  agreedBy?: {
    /**
     * Whose office it is.
     */
    party: Party;
    /**
     * The office, never a person.
     */
    office: string;
    /**
     * The day of the agreement.
     */
    on: string;
  }[];
  /**
   * Proof of the report; the document itself is not exchanged.
   */
  report?: {
    /**
     * Hash of the document.
     */
    sha256: string;
    /**
     * RFC 6838.
     */
    mediaType: string;
  };
  correction?: Correction;
}
/**
 * Takes the version of a message that was withdrawn before it was delivered (protocol.md 5). Bears the subject and the version of that message.
 */
export interface VersionVoid {
  /**
   * The message that bore this version.
   */
  messageId: string;
  /**
   * Why it was withdrawn, in a line; nothing of what it said.
   */
  reason: string;
}
/**
 * Evidence that messages were received (protocol.md 4). A message of the gateways themselves: subject gateway, no version.
 */
export interface Receipt {
  /**
   * Up to 1,000.
   *
   * Items: Evidence for one message.
   */
  receipts: {
    /**
     * The message received.
     */
    jti: string;
    /**
     * Over the bytes of the compact JWS received.
     */
    sha256: string;
    /**
     * Whether it was taken.
     */
    outcome: ReceiptOutcome;
    /**
     * The error code of a refused message (protocol.md 2).
     */
    err?: string;
    /**
     * When it was stored.
     */
    receivedAt: string;
    /**
     * Where the receiver's audit log holds it.
     */
    entry?: {
      /**
       * Origin of the log.
       */
      log: string;
      /**
       * Index of the entry, from 0.
       */
      index: number;
    };
  }[];
}
/**
 * Announces the key that will sign next, or that is to be encrypted to next (protocol.md 6). Signed by the key that signs now. A message of the gateways themselves: subject gateway, no version.
 */
export interface KeyRotation {
  /**
   * The public key (RFC 7517); never a private member.
   */
  jwk: {
    /**
     * EC, OKP, RSA or AKP.
     */
    kty: string;
    /**
     * The name by which SETs will call it.
     */
    kid: string;
    /**
     * The one algorithm that it signs with; ECDH-ES+A256KW for use enc.
     */
    alg: string;
    /**
     * sig, which is meant where it is absent, or enc: what SETs to the sender are encrypted to.
     */
    use?: string;
    /**
     * Of an EC or OKP key.
     */
    crv?: string;
    /**
     * Public member of an EC or OKP key.
     */
    x?: string;
    /**
     * Public member of an EC key.
     */
    y?: string;
    /**
     * Public member of an RSA key.
     */
    n?: string;
    /**
     * Public member of an RSA key.
     */
    e?: string;
    /**
     * Public member of an AKP key.
     */
    pub?: string;
    /**
     * Seconds since 1970, as in the key set; the message's notBefore counts.
     */
    nbf?: number;
    /**
     * Seconds since 1970, as in the key set; the message's notAfter counts.
     */
    exp?: number;
  };
  /**
   * From when it may sign, once it is confirmed.
   */
  notBefore: string;
  /**
   * Until when.
   */
  notAfter: string;
}
/**
 * The partner's operator has confirmed the key announced (protocol.md 6). A message of the gateways themselves: subject gateway, no version.
 */
export interface KeyConfirmed {
  /**
   * RFC 7638, SHA-256, of the key announced.
   */
  thumbprint: string;
}
/**
 * For these hours the sender holds these sets of messages (protocol.md 5): the signed result of a comparison. A message of the gateways themselves: subject gateway, no version.
 */
export interface LedgerDigest {
  /**
   * Issuer of the messages that are counted; the sender of the digest where it is left out. With the other one's name it answers a digest: we hold the same.
   */
  of?: string;
  /**
   * Begin of the span, at a full hour.
   */
  since: string;
  /**
   * End of the span, not included.
   */
  until: string;
  /**
   * Hours that hold a message, in order; up to 1,000: a longer span takes several digests.
   *
   * Items: One hour of the messages' ids.
   */
  hours: {
    /**
     * Its begin.
     */
    hour: string;
    /**
     * Messages in it.
     */
    count: number;
    /**
     * SHA-256 over the sorted pairs of id and SHA-256.
     */
    hash: string;
  }[];
}
/**
 * What the sender states of its own enterprises, as hashes (protocol.md 5). A message of the gateways themselves: subject gateway, no version.
 */
export interface RegisterDigest {
  /**
   * Issuer whose register it is of; the sender of the digest where it is left out. With the other one's name it answers a digest: this is what we hold of it.
   */
  of?: string;
  /**
   * The receiver is to compare and to answer, and to ask for no records: a dry run.
   */
  compareOnly?: boolean;
  /**
   * Versions whose id's time is up to this instant count.
   */
  until: string;
  /**
   * SHA-256 over the buckets.
   */
  root: string;
  /**
   * The 4,096 hashes of the buckets one after another, 32 bytes each, base64url.
   */
  buckets?: string;
  /**
   * Messages up to that instant that are parked or held, and so not counted; up to 1,000.
   *
   * Items: Its id.
   */
  leftOut: string[];
  /**
   * Enterprises that were erased on a side: what was said of them up to then does not count; up to 1,000.
   *
   * Items: One enterprise, and when it was erased.
   */
  erased?: {
    /**
     * Its canonical id.
     */
    id: string;
    /**
     * What was said of it up to this instant is not compared.
     */
    at: string;
  }[];
}
/**
 * Asks for versions that are missing, or for records that differ (protocol.md 5). A message of the gateways themselves: subject gateway, no version.
 */
export interface ResyncRequest {
  /**
   * Versions of the sender of the answer that have not come although greater ones have; up to 1,000. Answered with the same bytes or a version-void.
   *
   * Items: One version of one subject.
   */
  versions?: {
    /**
     * The enterprise or the validation.
     */
    subject: string;
    /**
     * The version missing.
     */
    version: number;
  }[];
  /**
   * What the asking side holds of the enterprises in question, up to 1,000: answered for those that differ or are missing.
   *
   * Items: One enterprise.
   */
  records?: {
    /**
     * Its canonical id.
     */
    id: string;
    /**
     * Over the canonical record held; absent where none is held.
     */
    sha256?: string;
  }[];
  /**
   * Buckets of the register digest that the records are all of: what the other side has in them and is not named is missing. Up to 1,000 of 4,096.
   *
   * Items: Its number, from 0.
   */
  buckets?: number[];
  /**
   * Enterprises of the other side that the asking side has erased: from the next digest on, what was said of them up to then does not count; up to 1,000.
   *
   * Items: One enterprise, and when it was erased.
   */
  erased?: {
    /**
     * Its canonical id.
     */
    id: string;
    /**
     * What was said of it up to this instant is not compared.
     */
    at: string;
  }[];
}
