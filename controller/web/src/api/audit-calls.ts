import { areaId } from "@loa/shared/kernel/ids.ts";
import { type Instant, instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { get } from "./http.ts";

/** The record of every act, as the page reads it. */

const row = z.object({
  id: z.number(),
  at: instant,
  userName: z.string().nullable(),
  act: z.string(),
  subject: z.string(),
  areaId: areaId.nullable(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditRow = z.infer<typeof row>;

const chain = z.object({
  rows: z.number(),
  firstBad: z.number().nullable(),
  checkedAt: instant,
  head: z.string().nullable(),
});
export type AuditChain = z.infer<typeof chain>;

const part = z.object({ rows: z.array(row).readonly(), more: z.boolean() });
export type AuditPart = z.infer<typeof part>;

/** Newest first; `before`: only what is older than the row with this number. */
export const auditRows = ({
  from,
  to,
  before,
}: {
  readonly from: Instant;
  readonly to: Instant;
  readonly before: number | null;
}) => get(part, `/api/v1/audit?from=${from}&to=${to}${before === null ? "" : `&before=${before}`}`);
export const auditChain = () => get(chain, "/api/v1/audit/chain");
