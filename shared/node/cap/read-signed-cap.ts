import type { CapAlert } from "@loa/shared/cap/cap-alert.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { SenderKey } from "@loa/shared/trust/standing-approval.ts";
import type { CapComplaint } from "./cap-form.ts";
import { senderKeyOf, signedPartOf } from "./cap-signature.ts";
import { readCap } from "./read-cap.ts";

/** Certificates (PEM) of the senders that sign, by the name in `sender`. */
export type SenderCertificates = ReadonlyMap<string, readonly string[]>;

/** Reads an alert; of a sender who signs only what was signed is read. */
export function readSignedCap(
  bytes: Uint8Array,
  certificates: SenderCertificates,
): Result<CapAlert, readonly CapComplaint[]> {
  const read = readCap(bytes);
  if (!read.ok) return read;
  const own = certificates.get(read.value.sender);
  return own === undefined ? read : readSignedPart(bytes, read.value, own.map(senderKeyOf));
}

/** `outer`: the whole document as it reads. What one of the keys has signed of it is the answer, and nothing else. */
export function readSignedPart(
  bytes: Uint8Array,
  outer: CapAlert,
  keys: readonly SenderKey[],
): Result<CapAlert, readonly CapComplaint[]> {
  const signed = signedPartOf(new TextDecoder().decode(bytes), keys, outer.sent);
  if (!signed.ok) return fail([{ element: "alert/Signature", line: 1, why: signed.error }]);
  const inner = readCap(new TextEncoder().encode(signed.value));
  if (!inner.ok) return inner;
  // The names under which it is known must be signed too: else it could be told under another's.
  const { sender, identifier, sentText } = inner.value;
  if (sender !== outer.sender || identifier !== outer.identifier || sentText !== outer.sentText)
    return fail([{ element: "alert/Signature", line: 1, why: "is over another alert" }]);
  return ok({ ...inner.value, isSigned: true, isSignatureGood: true });
}
