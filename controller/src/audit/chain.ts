import type { Crypto, PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { linksAfter } from "../store/audit.ts";
import { BEFORE_THE_FIRST, linkHash } from "../store/audit-link.ts";
import type { Database } from "../store/database.ts";

/** How far the audit had come at an instant. Kept somewhere else, it holds everything before it fast. */
const auditHead = z.object({
  v: z.literal(1),
  /** Number of the row, and its hash. */
  id: z.number().int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: instant,
});
export type AuditHead = z.infer<typeof auditHead>;

const TYPE = "loa-audit-head+jws";
/** One line of a file of heads is some 300 characters. */
const MAX_HEAD_CHARS = 2_000;

/** A compact JWS (RFC 7515) with EdDSA by the controller's own key. */
export function signHead(head: AuditHead, key: SigningKey, crypto: Crypto): string {
  const part = (value: unknown) => crypto.toBase64Url(JSON.stringify(value));
  const signed = `${part({ alg: "EdDSA", typ: TYPE })}.${part(head)}`;
  return `${signed}.${crypto.sign(key, signed)}`;
}

export function openHead(
  text: string,
  key: PublicKey,
  crypto: Crypto,
): Result<AuditHead, "malformed" | "bad-signature"> {
  const [header, body, signature, ...rest] = text.split(".");
  if (text.length > MAX_HEAD_CHARS || header === undefined || body === undefined || rest.length > 0)
    return fail("malformed");
  if (signature === undefined || !crypto.verify(key, `${header}.${body}`, signature))
    return fail("bad-signature");
  const head = z.object({ alg: z.literal("EdDSA"), typ: z.literal(TYPE) });
  const parsed = auditHead.safeParse(jsonOf(crypto.fromBase64Url(body)));
  const isOurs = head.safeParse(jsonOf(crypto.fromBase64Url(header))).success;
  return isOurs && parsed.success ? ok(parsed.data) : fail("malformed");
}

export interface ChainWalk {
  /** Rows that were looked at, and hold. */
  readonly rows: number;
  /** Number of the first row that does not follow from the one before it; null: all do. */
  readonly firstBad: number | null;
  /** The last good row. */
  readonly last: { readonly id: number; readonly hash: string } | null;
}

/** A slice holds the event loop for some 10 ms. */
const ROWS_A_SLICE = 2_000;

/** Follows the chain from its beginning; `seen` is told every row that holds. */
export async function walkChain(
  db: Database,
  breathe: () => Promise<void>,
  seen: (id: number, hash: string) => void = () => undefined,
): Promise<ChainWalk> {
  let last: ChainWalk["last"] = null;
  let rows = 0;
  for (;;) {
    const links = await linksAfter(db, last?.id ?? 0, ROWS_A_SLICE);
    for (const { hash, ...row } of links) {
      const follows = row.id === (last?.id ?? 0) + 1;
      if (!follows || hash !== linkHash(last?.hash ?? BEFORE_THE_FIRST, row))
        // After a gap it is the missing row that is named.
        return { rows, firstBad: follows ? row.id : (last?.id ?? 0) + 1, last };
      last = { id: row.id, hash };
      rows += 1;
      seen(row.id, hash);
    }
    if (links.length < ROWS_A_SLICE) return { rows, firstBad: null, last };
    await breathe();
  }
}

export type HeadComplaint = {
  readonly line: number;
  readonly why: "malformed" | "bad-signature" | "row-gone" | "row-changed";
  readonly head: AuditHead | null;
};

/** Heads that were kept elsewhere, one a line, held against the chain: what was cut off its end is found only here. */
export function holdAgainst(
  lines: readonly string[],
  key: PublicKey,
  crypto: Crypto,
): { seen(id: number, hash: string): void; complaints(): readonly HeadComplaint[] } {
  const opened = lines.map((text, index) => ({ line: index + 1, opened: openHead(text, key, crypto) }));
  const wanted = new Set(opened.flatMap((one) => (one.opened.ok ? [one.opened.value.id] : [])));
  const found = new Map<number, string>();
  return {
    seen(id, hash) {
      if (wanted.has(id)) found.set(id, hash);
    },
    complaints: () =>
      opened.flatMap(({ line, opened: head }): HeadComplaint[] => {
        if (!head.ok) return [{ line, why: head.error, head: null }];
        const hash = found.get(head.value.id);
        if (hash === head.value.hash) return [];
        return [{ line, why: hash === undefined ? "row-gone" : "row-changed", head: head.value }];
      }),
  };
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
