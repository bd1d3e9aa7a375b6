import type { Cluster } from "../api/sound-shapes.ts";
import { numberIn } from "./relay-form.ts";
import { decibels } from "./volume-form.ts";

const MAX_ALIGN_MS = 2_000;
const MAX_TURN = 15;
const MAX_LINE = 4;
const MAX_PEOPLE = 100_000;

/** How one installation differs from its area, as it is typed. */
export interface ClusterForm {
  readonly gainDb: string;
  readonly alignDelayMs: string;
  readonly turn: string;
  /** Loudspeaker lines, as in `1, 2`. */
  readonly zones: string;
  /** Who hear it; empty: nobody has counted them. */
  readonly people: string;
}

export type ClusterChange = Pick<Cluster, "gainDb" | "alignDelayMs" | "turn" | "zones" | "people">;

export function formOfCluster({ gainDb, alignDelayMs, turn, zones, people }: Cluster): ClusterForm {
  return {
    gainDb: String(gainDb),
    alignDelayMs: String(alignDelayMs),
    turn: String(turn),
    zones: zones.join(", "),
    people: people === null ? "" : String(people),
  };
}

/** Null: something of it cannot be. */
export function changeOfCluster(form: ClusterForm): ClusterChange | null {
  const gainDb = decibels(form.gainDb);
  const alignDelayMs = numberIn(form.alignDelayMs, 0, MAX_ALIGN_MS);
  const turn = numberIn(form.turn, 0, MAX_TURN);
  const zones = linesIn(form.zones);
  if (gainDb === null || alignDelayMs === null || turn === null || zones === null) return null;
  if (!Number.isInteger(alignDelayMs) || !Number.isInteger(turn)) return null;
  const people = form.people.trim() === "" ? null : numberIn(form.people, 0, MAX_PEOPLE);
  if (form.people.trim() !== "" && (people === null || !Number.isInteger(people))) return null;
  return { gainDb, alignDelayMs, turn, zones, people };
}

function linesIn(text: string): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((one) => one !== "");
  const lines = new Set(words.map((one) => (/^\d$/.test(one) ? Number(one) : 0)));
  const areLines = lines.size > 0 && [...lines].every((line) => line >= 1 && line <= MAX_LINE);
  return areLines ? [...lines].sort() : null;
}
