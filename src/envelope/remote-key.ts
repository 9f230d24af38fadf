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
