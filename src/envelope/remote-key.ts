/**
 * A private key that is not in this process: in a hardware security module, a key management service, a card. It is
 * asked for signatures and for nothing else.
 */
export interface RemoteKey {
  /**
   * @param input the ASCII bytes of `header.payload`; hashing is the signer's, as its `alg` says
   * @returns the signature as JWS has it: for ECDSA r ‖ s, never DER (RFC 7518, 3.4)
   */
  sign(input: Uint8Array): Promise<Uint8Array>;
}

export function isRemoteKey(key: CryptoKey | RemoteKey): key is RemoteKey {
  return 'sign' in key;
}

const segment = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A compact JWS whose signature is made elsewhere. */
export async function signRemotely(header: object, payload: Uint8Array, key: RemoteKey): Promise<string> {
  const input = `${segment(JSON.stringify(header))}.${segment(payload)}`;
  return `${input}.${segment(await key.sign(Buffer.from(input, 'latin1')))}`;
}
