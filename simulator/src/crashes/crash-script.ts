import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { createSeededRandom, type SeededRandom } from "../virtual/random.ts";

/** One emergency and what is killed around it. Times are ms after the moment at which it is raised. */
export interface CrashScript {
  readonly boxes: number;
  readonly times: number;
  readonly gapS: number;
  readonly ending: Ending;
  readonly kills: readonly Kill[];
}

export type Ending = { readonly kind: "none" } | { readonly kind: "cancel" | "stop"; readonly atMs: number };

/** What dies, when, and when it is back. A box is named by its place in the province. */
export type Kill =
  | { readonly what: "controller"; readonly atMs: number; readonly downMs: number }
  /** So many turns of its event loop after the request to raise or to end came in. */
  | {
      readonly what: "controller-mid-request";
      readonly request: "raise" | "end";
      readonly turns: number;
      readonly downMs: number;
    }
  /** A broker of its own loses its memory and every connection. */
  | { readonly what: "broker"; readonly atMs: number }
  /** `kill -9` of the agent alone; it starts again at once. `engineMs`: its sound engine needs so long. */
  | { readonly what: "agent"; readonly atMs: number; readonly box: number; readonly engineMs: number }
  | {
      readonly what: "power";
      readonly atMs: number;
      readonly box: number;
      readonly downMs: number;
      readonly engineMs: number;
    }
  /** At the first commit from then on: before it is durable, or right after. */
  | {
      readonly what: "power-at-commit";
      readonly atMs: number;
      readonly box: number;
      readonly moment: "before" | "after";
      readonly downMs: number;
      readonly engineMs: number;
    };

export const SIREN_S = 8;
/** Whatever was killed is back by then, well before the emergency expires. */
const LONGEST_DOWN_MS = 90 * SECOND_MS;
const MAX_BOXES = 4;
/** On a slow card that is busy with all that starts. */
const SLOWEST_ENGINE_MS = 30 * SECOND_MS;
/** A round of siren and built-in words, and the silence after it at most. */
const SAID_MS = 45 * SECOND_MS;
const MAX_TURNS = 40;

export function drawScript(seed: string): CrashScript {
  const random = createSeededRandom(`crash/${seed}`);
  const boxes = random.integer(2, MAX_BOXES);
  const ending = drawEnding(random);
  const kills = Array.from({ length: random.integer(1, 5) }, () => drawKill(random, boxes, ending));
  return { boxes, times: random.integer(1, 3), gapS: random.pick([0, 5, 20]), ending, kills };
}

function drawEnding(random: SeededRandom): Ending {
  const kind = random.pick(["none", "none", "cancel", "stop"] as const);
  return kind === "none" ? { kind } : { kind, atMs: momentNear(random, null) };
}

function drawKill(random: SeededRandom, boxes: number, ending: Ending): Kill {
  const atMs = momentNear(random, ending.kind === "none" ? null : ending.atMs);
  const box = random.integer(0, boxes - 1);
  const downMs = Math.round(
    random.pick([random.between(0, 3 * SECOND_MS), random.between(0, LONGEST_DOWN_MS)]),
  );
  const moment = random.pick(["before", "after"] as const);
  const engineMs = Math.round(random.pick([0, random.between(0, SLOWEST_ENGINE_MS)]));
  const request = ending.kind === "none" ? "raise" : random.pick(["raise", "end"] as const);
  return random.pick<Kill>([
    { what: "controller", atMs, downMs },
    { what: "controller-mid-request", request, turns: random.integer(0, MAX_TURNS), downMs },
    { what: "broker", atMs },
    { what: "agent", atMs, box, engineMs },
    { what: "power", atMs, box, downMs, engineMs },
    { what: "power-at-commit", atMs, box, moment, downMs, engineMs },
  ]);
}

/** Where it hurts: while it is raised and received, at the seam between two sounds, while it is ended; or anywhere. */
function momentNear(random: SeededRandom, endAtMs: number | null): number {
  const whileRaised = random.between(-300, 500);
  const atSeam = random.pick([0, SIREN_S * SECOND_MS, 17 * SECOND_MS]) + random.between(-200, 400);
  const anywhere = random.between(0, SAID_MS);
  const whileEnded = endAtMs === null ? anywhere : endAtMs + random.between(-300, 700);
  return Math.round(random.pick([whileRaised, atSeam, anywhere, whileEnded]));
}
