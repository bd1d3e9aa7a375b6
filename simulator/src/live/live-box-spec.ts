import { boxId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import { deviceFaults } from "../virtual-device/device-fault.ts";

/** What is wrong with a box of the demo from its beginning. */
export const boxTrouble = z.enum(["none", "dead-amplifier", "no-network", "wrong-clock"]);
export type BoxTrouble = z.infer<typeof boxTrouble>;

export const liveBoxSpec = z.object({
  folder: z.string(),
  trouble: boxTrouble,
  seed: z.number().int(),
  mqttPort: z.number().int(),
  httpPort: z.number().int(),
});
export type LiveBoxSpec = z.infer<typeof liveBoxSpec>;

/** What the province tells a process of boxes. */
export const hostOrder = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("open"),
    boxes: z.array(liveBoxSpec),
    profilePath: z.string(),
    ffmpegPath: z.string(),
    logLevel: z.string(),
  }),
  z.object({ kind: z.literal("fault"), box: boxId, faults: z.array(z.enum(deviceFaults)) }),
  z.object({ kind: z.literal("network"), box: boxId, isUp: z.boolean() }),
  z.object({ kind: z.literal("power"), box: boxId, isOn: z.boolean() }),
  z.object({ kind: z.literal("close") }),
]);
export type HostOrder = z.infer<typeof hostOrder>;

/** What a process of boxes answers, once: its sound is served on this port of the loopback to whoever has the token. */
export const hostReady = z.object({
  kind: z.literal("ready"),
  port: z.number().int(),
  token: z.string(),
  boxes: z.array(boxId),
});
export type HostReady = z.infer<typeof hostReady>;
