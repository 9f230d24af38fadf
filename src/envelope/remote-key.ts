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

/** The place of the key did not sign: it is away, or refuses. Nothing was signed; the same may work in a moment. */
export class RemoteKeyError extends Error {
  override readonly name = 'RemoteKeyError';
}

export function isRemoteKey(key: CryptoKey | RemoteKey): key is RemoteKey {
  return 'sign' in key;
}
