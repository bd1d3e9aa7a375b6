import type { Clock, Random } from "@loa/shared/kernel/ambient.ts";
import type { BoxId, ClusterId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import type { PendingCommand } from "./bus/pending.ts";
import { type PlanGroup, planOf } from "./domain/plan-compiler.ts";
import type { Blobs } from "./ports.ts";
import type { Database } from "./store/database.ts";
import { writePlans } from "./store/plan-writes.ts";

/** A plan that one box shall get. */
export interface PlanIssue {
  readonly box: BoxId;
  readonly cluster: ClusterId;
  readonly group: PlanGroup;
  readonly bodySha256: string;
  readonly revision: number;
  readonly applied: number;
}

export interface PlanIssueParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly db: Database;
  readonly blobs: Blobs;
}

/**
 * Writes plans and their outbox rows down, after the manifests that they name: a box may ask for those at once.
 * Throws when the disk refuses; then nothing was promised to anybody.
 */
export async function issuePlans(
  { clock, random, db, blobs }: PlanIssueParts,
  storedManifests: Set<Sha256>,
  issues: readonly PlanIssue[],
): Promise<readonly PendingCommand[]> {
  if (issues.length === 0) return [];
  for (const { manifest } of new Set(issues.map((one) => one.group))) {
    if (storedManifests.has(manifest.sha256)) continue;
    const put = await blobs.putText(manifest.sha256, manifest.text);
    if (!put.ok) throw new Error(`manifest not stored: ${put.error}`);
    storedManifests.add(manifest.sha256);
  }
  const now = clock.now();
  const nextAt = clock.monotonic();
  const pending: PendingCommand[] = [];
  const plans = issues.map(({ box, cluster, group, bodySha256, revision, applied }) => {
    const command = newCommandId(now, random);
    const plan = JSON.stringify(planOf(group, box, cluster, revision));
    const body = () => ({ plan: planOf(group, box, cluster, revision) });
    pending.push({
      command,
      box,
      kind: "plan",
      body,
      revision,
      expiresAt: null,
      attempts: 0,
      nextAt,
    });
    return {
      boxId: box,
      revision,
      bodySha256,
      appliedRevision: applied,
      body: plan,
      manifestSha256: group.manifest.sha256,
      row: {
        commandId: command,
        boxId: box,
        kind: "plan",
        // The plan itself lies beside it: there is one a box, and 10,000 at once are written down.
        body: JSON.stringify({ revision }),
        areaId: null,
        createdAt: now,
        expiresAt: null,
        attempts: 0,
        nextAt: now,
        state: "pending" as const,
        reason: null,
        doneAt: null,
      },
    };
  });
  await writePlans(db, plans, now);
  return pending;
}
