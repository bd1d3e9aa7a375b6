import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { z } from "zod";

const REFERENCE_AMPLIFIER = join(import.meta.dirname, "../../hardware-profiles/loa-reference-amplifier.yaml");
const MAX_PORT = 65_535;
const MAX_BOXES = 500;

export const usage = `Usage: npm start -- [options]
  --http-port N   the page (default 8080, or the next free one)
  --mqtt-port N   the broker (default 1883, or the next free one)
  --data DIR      where the province lives on between starts (default .loa-data)
  --boxes N       how many boxes, 1 to ${MAX_BOXES} (default 12)
  --seed N        chance of the virtual amplifiers (default 1)
  --profile FILE  what all amplifiers are built and driven by (default hardware-profiles/loa-reference-amplifier.yaml)
  --quiet         no schedules of the demo
  --verbose       every line of the log`;

export interface StartOptions {
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly dataFolder: string;
  readonly boxes: number;
  readonly seed: number;
  readonly profilePath: string;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
}

const port = z.coerce.number().int().min(0).max(MAX_PORT);
const numbers = {
  "http-port": { is: port, words: `a port, 0 to ${MAX_PORT}` },
  "mqtt-port": { is: port, words: `a port, 0 to ${MAX_PORT}` },
  boxes: { is: z.coerce.number().int().min(1).max(MAX_BOXES), words: `1 to ${MAX_BOXES}` },
  seed: { is: z.coerce.number().int(), words: "a whole number" },
} as const;

/** Null: help was asked for. A refusal is a sentence for whoever typed it. */
export function readStartOptions(args: readonly string[]): Result<StartOptions | null, string> {
  const given = parsed(args);
  if (!given.ok) return given;
  const { value } = given;
  if (value.help) return ok(null);
  for (const name of ["http-port", "mqtt-port", "boxes", "seed"] as const) {
    const { is, words } = numbers[name];
    if (value[name] === "" || !is.safeParse(value[name]).success)
      return fail(`--${name} ${value[name]}: wanted is ${words}`);
  }
  return ok({
    httpPort: Number(value["http-port"]),
    mqttPort: Number(value["mqtt-port"]),
    dataFolder: resolve(value.data),
    boxes: Number(value.boxes),
    seed: Number(value.seed),
    profilePath: resolve(value.profile),
    isQuiet: value.quiet,
    isVerbose: value.verbose,
  });
}

function parsed(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        "http-port": { type: "string", default: "8080" },
        "mqtt-port": { type: "string", default: "1883" },
        data: { type: "string", default: ".loa-data" },
        boxes: { type: "string", default: "12" },
        seed: { type: "string", default: "1" },
        profile: { type: "string", default: REFERENCE_AMPLIFIER },
        quiet: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return ok(values);
  } catch (error) {
    return fail(error instanceof Error ? error.message : `${error}`);
  }
}
