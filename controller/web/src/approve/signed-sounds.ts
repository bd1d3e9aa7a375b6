import { type ApprovedOrder, readOrder } from "@loa/shared/trust/order.ts";
import { readStandingApproval, type StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { SentSound } from "./messages.ts";
import { sha256Hex } from "./sha256.ts";

/** A sound that the text names, as far as it is here: `wrong` is one of another content than what is signed. */
export type SignedSound =
  | { readonly kind: "here"; readonly url: string; readonly words: string | null }
  | { readonly kind: "wrong" }
  | { readonly kind: "missing" };

/** By its name in the text, which is its SHA-256. */
export type SignedSounds = ReadonlyMap<string, SignedSound>;

/** What the control room has sent of them, each held against the text that is signed. */
export async function signedSounds(payload: string, sent: readonly SentSound[]): Promise<SignedSounds> {
  const found = new Map<string, SignedSound>();
  for (const name of soundsIn(payload)) {
    const one = sent.find(({ sha256 }) => sha256 === name);
    found.set(name, one?.bytes == null ? { kind: "missing" } : await checked(name, one.bytes, one.words));
  }
  return found;
}

async function checked(name: string, bytes: ArrayBuffer, words: string | null): Promise<SignedSound> {
  if ((await sha256Hex(bytes)) !== name) return { kind: "wrong" };
  return { kind: "here", url: URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" })), words };
}

function soundsIn(payload: string): readonly string[] {
  const one = readOrder(payload) ?? readStandingApproval(payload);
  if (one === null) return [];
  return [one.notice, correctionOf(one)].flatMap((clip) => clip?.sha256 ?? []);
}

function correctionOf(one: ApprovedOrder | StandingApproval): StandingApproval["notice"] {
  return one.kind === "local-emergency" ? null : (one.correction?.notice ?? null);
}
