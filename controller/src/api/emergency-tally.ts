import type { z } from "@hono/zod-openapi";
import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { boxStates, stateAt } from "../domain/emergencies.ts";
import { findBoxes } from "../store/boxes.ts";
import { type StoredEmergency, soundsOf } from "../store/emergencies.ts";
import { wordsOn } from "../store/emergency-receipts.ts";
import { answersTo } from "../store/outbox.ts";
import { areasBelow } from "../store/visible-areas.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { EmergencyBox, emergencyTally } from "./emergency-shapes.ts";
import { areasFor, type Operator } from "./operator.ts";

interface TalliedBox {
  readonly hasAcknowledged: boolean;
  readonly shown: EmergencyBox;
}

/** How far an emergency has come at each box that this person may see, by the name of its cluster. */
export async function boxesOf(
  deps: ApiDeps,
  operator: Operator,
  { emergency, areas, command }: StoredEmergency,
): Promise<readonly TalliedBox[]> {
  const { db } = deps;
  const occurrence = occurrenceOf(emergency).id;
  const answers = new Map((await answersTo(db, command)).map((row) => [row.boxId, row]));
  const words = await wordsOn(db, occurrence);
  const sounds = await soundsOf(db, emergency.id);
  const targets = new Set<BoxId>();
  for (const area of areas) {
    const below = areasBelow(db, area, operator.today);
    for (const box of await findBoxes(db, { granted: areasFor(deps, operator, "see"), below })) {
      targets.add(box);
    }
  }
  return deps.fleet.rows([...targets]).map((row) => {
    const answer = answers.get(row.boxId);
    const word = words.get(row.boxId) ?? null;
    const isSounding = row.onAir?.occurrenceId === occurrence;
    const firstSoundAt = sounds.get(row.boxId) ?? null;
    const { state, cause } = stateAt({
      answer: answer?.state ?? "pending",
      verdict: word?.verdict ?? null,
      cause: word?.cause ?? null,
      isSounding,
      firstSoundAt,
      faults: row.faults.map((one) => one.kind),
      presence: row.presence.state,
    });
    const { boxId, clusterName, areaId, areaName } = row;
    return {
      hasAcknowledged: answer?.state === "accepted",
      shown: {
        boxId,
        clusterName,
        areaId,
        areaName,
        state,
        sounding: isSounding,
        firstSoundAt,
        reason: answer?.state === "refused" ? answer.reason : null,
        verdict: word?.verdict ?? null,
        cause,
        presence: row.presence.state,
      },
    };
  });
}

export function tallyOf(boxes: readonly TalliedBox[]): z.infer<typeof emergencyTally> {
  const counts = Object.fromEntries(boxStates.map((state) => [state, 0])) as Record<
    (typeof boxStates)[number],
    number
  >;
  for (const { shown } of boxes) counts[shown.state] += 1;
  return {
    ...counts,
    targeted: boxes.length,
    acknowledged: boxes.filter((one) => one.hasAcknowledged).length,
  };
}
