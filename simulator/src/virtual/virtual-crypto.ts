import type { Crypto, PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import { nodeCrypto, publicKeyOf } from "@loa/shared/node/node-crypto.ts";

/** More than are under way at once; one that was forgotten is verified like any other. */
const MAX_SIGNATURES = 2_000;

/**
 * The real signatures, for a world in which signer and reader share one process: what was signed here with a key is
 * known to be good under its public half, and everything else is verified.
 */
export const virtualCrypto: Crypto = createVirtualCrypto();

function createVirtualCrypto(): Crypto {
  /** By signature: the whole of what it was given for. */
  const signed = new Map<string, { readonly publicKey: PublicKey; readonly data: string }>();
  const publicKeys = new Map<SigningKey, PublicKey>();

  function publicHalfOf(privateKey: SigningKey): PublicKey {
    const known = publicKeys.get(privateKey);
    if (known !== undefined) return known;
    const publicKey = publicKeyOf(privateKey);
    publicKeys.set(privateKey, publicKey);
    return publicKey;
  }

  return {
    ...nodeCrypto,
    sign(privateKey, data) {
      const signature = nodeCrypto.sign(privateKey, data);
      if (signed.size >= MAX_SIGNATURES) signed.clear();
      signed.set(signature, { publicKey: publicHalfOf(privateKey), data });
      return signature;
    },
    verify(publicKey, data, signature) {
      const known = signed.get(signature);
      const isOurs = known !== undefined && known.publicKey === publicKey && known.data === data;
      return isOurs || nodeCrypto.verify(publicKey, data, signature);
    },
  };
}
