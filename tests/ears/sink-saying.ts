import type { SinkFailure } from "@loa/edge-agent/sound/sink.ts";
import * as z from "zod";
import type { OwnProcess } from "../support/own-process.ts";
import { startOwn } from "../support/own-process.ts";
import type { VirtualCard } from "./virtual-card.ts";

const failures = [
  "no-library",
  "no-device",
  "busy",
  "vanished",
  "disk-full",
  "io",
] as const satisfies readonly SinkFailure[];

const saying = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("opened") }),
  /** `heardAt`: when the sink says that this sample of the file will be heard, machine time. */
  z.object({ kind: z.literal("writes"), sample: z.number(), heardAt: z.number() }),
  z.object({ kind: z.literal("underrun"), underruns: z.number() }),
  z.object({ kind: z.literal("refused"), failure: z.enum(failures) }),
  z.object({ kind: z.literal("failed"), failure: z.enum(failures) }),
]);

/** What `sink-child.ts` says. */
export type SinkSaying = z.infer<typeof saying>;

export interface SinkChild extends OwnProcess {
  sayings(): readonly SinkSaying[];
}

/** Our ALSA sink in a process of its own, playing to the card. */
export function playBySink(card: VirtualCard, wavPath: string, bufferMs = 200): SinkChild {
  const child = startOwn("tests/ears/sink-child.ts", {
    args: [card.device, wavPath, String(bufferMs)],
    env: card.env,
  });
  return {
    ...child,
    sayings: () =>
      child
        .output()
        .split("\n")
        .slice(0, -1)
        .filter((line) => line.startsWith("{"))
        .map((line) => saying.parse(JSON.parse(line))),
  };
}
