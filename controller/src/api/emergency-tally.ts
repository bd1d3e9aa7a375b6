import type { z } from "@hono/zod-openapi";
import { occurrenceOf } from "@loa/shared/broadcast/emergency.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { BoxRow } from "../domain/box-row.ts";
import { boxStates, silencedBy, stateAt } from "../domain/emergencies.ts";
import { findBoxes } from "../store/boxes.ts";
import type { Database } from "../store/database.ts";
import { type StoredEmergency, soundsOf } from "../store/emergencies.ts";
import { saidBy, wordsOn } from "../store/emergency-receipts.ts";
import { answersTo } from "../store/outbox.ts";
import { areasBelow } from "../store/visible-areas.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { correctionTally, EmergencyBox, emergencyTally } from "./emergency-shapes.ts";
import { areasFor, type Operator } from "./operator.ts";

interface TalliedBox {
  readonly hasAcknowledged: boolean;
  readonly shown: EmergencyBox;
}

/** How far an emergency has come at each box that this person may see, by the name of its cluster. */
export async function boxesOf(
  deps: ApiDeps,
  operator: Operator,
  stored: StoredEmergency,
): Promise<readonly TalliedBox[]> {
  const { emergency, areas, command } = stored;
  const { db } = deps;
  const occurrence = occurrenceOf(emergency).id;
  const answers = new Map((await answersTo(db, command)).map((row) => [row.boxId, row]));
  const words = await wordsOn(db, occurrence);
  const sounds = await soundsOf(db, emergency.id);
  const correctionOf = await corrections(db, stored);
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
        correction: correctionOf(row, state === "audible"),
      },
    };
  });
}

type OfCorrection = (row: BoxRow, wasHeard: boolean) => EmergencyBox["correction"];

/** What was approved for the case that it was wrong, where it was said. */
async function corrections(db: Database, { emergency, cancelled }: StoredEmergency): Promise<OfCorrection> {
  const id = emergency.correction?.id;
  if (id === undefined || cancelled?.isCorrected !== true) return () => null;
  const said = await saidBy(db, id);
  return ({ boxId, onAir, faults }, wasHeard) => {
    const isMute = silencedBy(faults.map(({ kind }) => kind)) !== null;
    if (!isMute && onAir?.occurrenceId.startsWith(`${id}@`) === true) return "saying";
    if (said.has(boxId)) return "said";
    return wasHeard ? "owed" : null;
  };
}

/** Null: it was not corrected. */
export function correctionTallyOf(
  { cancelled }: StoredEmergency,
  boxes: readonly TalliedBox[],
): z.infer<typeof correctionTally> | null {
  if (cancelled?.isCorrected !== true) return null;
  const count = (wanted: EmergencyBox["correction"]) =>
    boxes.filter(({ shown }) => shown.correction === wanted).length;
  return { saying: count("saying"), said: count("said"), owed: count("owed") };
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
