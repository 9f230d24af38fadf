import { DynamicLibrary, getRawPointer } from 'node:ffi';
import type { Algorithm } from '../../envelope/algorithms.ts';
import { ckr, TokenError } from './token-error.ts';

/** PKCS#11 2.40 and 3.0, as 64-bit Linux and macOS lay it out: CK_ULONG of 8 bytes, structures without packing. */
const ULONG = 8;
const ATTRIBUTE = 3 * ULONG;

const CKF_OS_LOCKING_OK = 2n;
const CKF_SERIAL_SESSION = 4n;
const CKU_USER = 1n;
const CKA_CLASS = 0n;
const CKA_LABEL = 3n;
const CKO_PRIVATE_KEY = 3n;
const SLOTS_MAX = 256;
/** The label of a token stands at the start of its information, padded by blanks. */
const TOKEN_INFO_BYTES = 256;
const TOKEN_LABEL_BYTES = 32;
/** RSA of 8,192 bits. */
const SIGNATURE_BYTES_MAX = 1024;

/** What the device does to the bytes it gets: for ECDSA they are hashed before, as few devices hash for it. */
export interface Mechanism {
  type: bigint;
  hash?: 'sha256' | 'sha384';
  /** CK_RSA_PKCS_PSS_PARAMS: hash, mask generation function, bytes of salt. */
  pss?: readonly [bigint, bigint, bigint];
}

export const mechanisms: Partial<Record<Algorithm, Mechanism>> = {
  ES256: { type: 0x1041n, hash: 'sha256' },
  ES384: { type: 0x1041n, hash: 'sha384' },
  PS256: { type: 0x43n, pss: [0x250n, 2n, 32n] },
  Ed25519: { type: 0x1057n },
};

/** The calls of a PKCS#11 library that a signature needs. Each blocks until the device has answered. */
export class Cryptoki {
  readonly #call: ReturnType<typeof bind>;

  /** @throws TokenError, or the system's where there is no such library */
  constructor(library: string) {
    this.#call = bind(new DynamicLibrary(library));
    const args = Buffer.alloc(6 * ULONG);
    args.writeBigUInt64LE(CKF_OS_LOCKING_OK, 4 * ULONG);
    const done = this.#call.initialize(args);
    if (done !== ckr.ok && done !== ckr.alreadyInitialized) throw new TokenError('C_Initialize', done);
  }

  /** Logs in at the token of this label. @returns the session */
  openSession(token: string, pin: string): bigint {
    const session = Buffer.alloc(ULONG);
    const slot = this.#slotOf(token);
    check('C_OpenSession', this.#call.openSession(slot, CKF_SERIAL_SESSION, 0n, 0n, session));
    const handle = session.readBigUInt64LE();
    const bytes = Buffer.from(pin);
    const done = this.#call.login(handle, CKU_USER, bytes, BigInt(bytes.length));
    bytes.fill(0);
    if (done !== ckr.ok && done !== ckr.alreadyLoggedIn) throw new TokenError('C_Login', done);
    return handle;
  }

  /** The one private key of this label. */
  findKey(session: bigint, label: string): bigint {
    const name = Buffer.from(label);
    const kind = ulong(CKO_PRIVATE_KEY);
    const template = Buffer.alloc(2 * ATTRIBUTE);
    attribute(template, 0, CKA_CLASS, kind);
    attribute(template, ATTRIBUTE, CKA_LABEL, name);
    const found = Buffer.alloc(2 * ULONG);
    const count = Buffer.alloc(ULONG);
    check('C_FindObjectsInit', this.#call.findInit(session, template, 2n));
    check('C_FindObjects', this.#call.find(session, found, 2n, count));
    check('C_FindObjectsFinal', this.#call.findFinal(session));
    if (count.readBigUInt64LE() === 1n) return found.readBigUInt64LE();
    const many = count.readBigUInt64LE() === 0n ? 'no private key' : 'more than one private key';
    throw new Error(`the token has ${many} with the label ${label}`);
  }

  /** @param input what the device is to sign: already hashed where the mechanism says so */
  sign(session: bigint, key: bigint, { type, pss }: Mechanism, input: Uint8Array): Buffer {
    const mechanism = Buffer.alloc(3 * ULONG);
    mechanism.writeBigUInt64LE(type);
    const parameter = Buffer.concat((pss ?? []).map(ulong));
    if (pss) {
      mechanism.writeBigUInt64LE(getRawPointer(parameter), ULONG);
      mechanism.writeBigUInt64LE(BigInt(parameter.length), 2 * ULONG);
    }
    check('C_SignInit', this.#call.signInit(session, mechanism, key));
    const signature = Buffer.alloc(SIGNATURE_BYTES_MAX);
    const length = ulong(BigInt(signature.length));
    check('C_Sign', this.#call.sign(session, input, BigInt(input.length), signature, length));
    return signature.subarray(0, Number(length.readBigUInt64LE()));
  }

  #slotOf(token: string): bigint {
    const slots = Buffer.alloc(SLOTS_MAX * ULONG);
    const count = ulong(BigInt(SLOTS_MAX));
    check('C_GetSlotList', this.#call.slots(1, slots, count));
    const labels: string[] = [];
    for (let n = 0; n < Number(count.readBigUInt64LE()); n++) {
      const slot = slots.readBigUInt64LE(n * ULONG);
      const info = Buffer.alloc(TOKEN_INFO_BYTES);
      if (this.#call.tokenInfo(slot, info) !== ckr.ok) continue;
      const label = info.toString('utf8', 0, TOKEN_LABEL_BYTES).trimEnd();
      if (label === token) return slot;
      labels.push(label);
    }
    throw new Error(`no token has the label ${token}; there are: ${labels.join(', ') || 'none'}`);
  }
}

function bind(library: DynamicLibrary) {
  const u64 = 'uint64';
  const of = <const A extends readonly ('uint64' | 'uint8' | 'pointer' | 'buffer')[]>(
    name: string,
    ...parameters: A
  ) => library.getFunction(name, { arguments: parameters, return: u64 });
  return {
    initialize: of('C_Initialize', 'buffer'),
    slots: of('C_GetSlotList', 'uint8', 'buffer', 'buffer'),
    tokenInfo: of('C_GetTokenInfo', u64, 'buffer'),
    openSession: of('C_OpenSession', u64, u64, 'pointer', 'pointer', 'buffer'),
    login: of('C_Login', u64, u64, 'buffer', u64),
    findInit: of('C_FindObjectsInit', u64, 'buffer', u64),
    find: of('C_FindObjects', u64, 'buffer', u64, 'buffer'),
    findFinal: of('C_FindObjectsFinal', u64),
    signInit: of('C_SignInit', u64, 'buffer', u64),
    sign: of('C_Sign', u64, 'buffer', u64, 'buffer', 'buffer'),
  };
}

function check(call: string, code: bigint): void {
  if (code !== ckr.ok) throw new TokenError(call, code);
}

function ulong(value: bigint): Buffer {
  const bytes = Buffer.alloc(ULONG);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** The value stays where it is until the call is over: the caller holds it. */
function attribute(template: Buffer, at: number, type: bigint, value: Buffer): void {
  template.writeBigUInt64LE(type, at);
  template.writeBigUInt64LE(getRawPointer(value), at + ULONG);
  template.writeBigUInt64LE(BigInt(value.length), at + 2 * ULONG);
}
