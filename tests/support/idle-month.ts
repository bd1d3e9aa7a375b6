import {
  DAY_MS,
  HOUR_MS,
  type LocalDate,
  type LocalTime,
  SECOND_MS,
  toInstant,
} from "@loa/shared/kernel/time.ts";
import { publishBytes, TLS_RECORD_BYTES } from "@loa/shared/wire/traffic.ts";
import { type Status, status } from "@loa/shared/wire/uplink.ts";
import { createVirtualWorld } from "@loa/simulator/virtual/virtual-world.ts";

export interface IdleMonth {
  /** The last account of the month that the box has told, within an hour of its end. */
  readonly told: Extract<Status, { k: "use" }>;
  /** Messages that were overheard on the way, as MQTT packets: counted beside the agent. */
  readonly overheardBytes: number;
  readonly messages: number;
  /** What TLS would put around them at most: a record each, and two for the ping and its answer every 20 s. */
  readonly tlsBytes: number;
}

export const IDLE_DAYS = 30;
const KEEPALIVE_MS = 20 * SECOND_MS;

/** One box with its amplifier at its place for 30 days, enrolled on the first, and nothing is ever broadcast. */
export async function idleMonth(): Promise<IdleMonth> {
  const beginsAt = toInstant("2026-12-01" as LocalDate, "00:00:00" as LocalTime);
  const { time, network } = await createVirtualWorld({ seed: "idle", boxes: 1, beginsAt });
  let told: IdleMonth["told"] | null = null;
  let overheardBytes = 0;
  let messages = 0;
  network.overhear((_direction, _box, topic, payload) => {
    messages += 1;
    overheardBytes += publishBytes(
      topic.length,
      Buffer.byteLength(payload),
      topic.endsWith("/status") ? 0 : 1,
    );
    if (!payload.startsWith('{"k":"use"')) return;
    const body = status.parse(JSON.parse(payload));
    if (body.k === "use") told = body;
  });
  // One hour more: until the end of the 30 days has been told.
  await time.runUntil(IDLE_DAYS * DAY_MS + HOUR_MS);
  if (told === null) throw new Error("the box has told no account");
  const pings = (IDLE_DAYS * DAY_MS) / KEEPALIVE_MS;
  return { told, overheardBytes, messages, tlsBytes: (messages + 2 * pings) * TLS_RECORD_BYTES };
}
