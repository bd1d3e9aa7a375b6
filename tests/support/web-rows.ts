import type { BoxRow, ReceiptRow } from "@loa/controller/web/api/shapes.ts";
import type { Evidence, Verdict } from "@loa/shared/broadcast/receipt.ts";
import { areaId, boxId, clusterId, occurrenceId } from "@loa/shared/kernel/ids.ts";
import { asInstant, plus } from "@loa/shared/kernel/time.ts";

/** 2026-11-23 17:00:00 in the province. */
export const dueAt = asInstant(Date.UTC(2026, 10, 23, 10));
export const session = occurrenceId.parse("evening@2026-11-23T17:00:00");

/** A box that is online, ready for the evening session and without faults, but for what the test says. */
export function boxRow(name: string, change: Partial<BoxRow> = {}): BoxRow {
  const heardAt = plus(dueAt, -60_000);
  return {
    boxId: boxId.parse(name),
    clusterId: clusterId.parse(`at-${name}`),
    clusterName: `Cụm loa ${name}`,
    areaId: areaId.parse("an-hoa-dong"),
    areaName: "Thôn Đông",
    simulated: true,
    presence: { state: "online", since: heardAt, heardAt },
    wantedRevision: 3,
    appliedRevision: 3,
    planProblem: null,
    onAir: null,
    next: { occurrenceId: session, title: "Bản tin chiều", dueAt },
    readiness: { state: "ready", lacks: [], at: heardAt, stage: "next" },
    against: [],
    faults: [],
    faultsAt: heardAt,
    lastReceipt: null,
    clips: { wanted: 1, present: 1 },
    ...change,
  };
}

export function receiptRow(name: string, verdict: Verdict, change: Partial<ReceiptRow> = {}): ReceiptRow {
  return {
    occurrenceId: session,
    title: "Bản tin chiều",
    boxId: boxId.parse(name),
    clusterName: `Cụm loa ${name}`,
    dueAt,
    verdict,
    cause: null,
    evidence: null,
    at: plus(dueAt, 600_000),
    ...change,
  };
}

/** Ten minutes that were measured behind the amplifier. */
export const heardEvidence: Evidence = {
  dueMs: 600_000,
  playedMs: 600_000,
  startErrorMs: 14,
  mixerDb: -16.4,
  amplifierOn: true,
  amplifierDb: -18,
  amplifierMeterPercent: null,
  gainDb: null,
  lineCurrentA: null,
  microphoneDb: null,
  microphoneMatch: null,
  unmeasuredMs: 0,
  provenAgeMs: 400,
  clock: "synced",
  clockErrorMs: 6,
};
