import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { emergencyBox, emergencyShape } from "@loa/controller/api/emergency-shapes.ts";
import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import { type BoxProcess, startBoxProcess } from "../support/box-process.ts";
import { startControlRoomProcess } from "../support/control-room-process.ts";
import { eventually, eventuallySo } from "../support/eventually.ts";
import { armed, raiseApproved } from "./raise-approved.ts";
import { SIREN_S } from "./trust-alarm-ear.ts";

/** A control room and some boxes, each in its own process, and a hand that kills them. */
export interface KillRig {
  readonly boxes: readonly KilledBox[];
  kills(): number;
  /** Presses until it is raised, whoever dies meanwhile. */
  raise(headline: string): Promise<EmergencyId>;
  /** The same with a STOP, after so long. Answers when the control room had it, wall time, ms. */
  stop(inMs: number): Promise<number>;
  /** `kill -9` after so long, and a new start after `downMs`. */
  killRoom(inMs: number, downMs: number): Promise<void>;
  /** Until every box has given its receipt of it. */
  said(id: EmergencyId, limitMs: number): Promise<void>;
  close(): Promise<void>;
}

export interface KilledBox {
  readonly name: string;
  readonly recordings: string;
  /** Wall time, ms. */
  deaths(): readonly number[];
  /** When it last had started again. */
  backAt(): number;
  kill(inMs: number, downMs: number): Promise<void>;
}

const listed = z.object({ emergencies: z.array(emergencyShape) });
const tallied = z.object({ boxes: z.array(emergencyBox) });
const ONLINE_LIMIT_MS = 60_000;
const RAISE_LIMIT_MS = 60_000;
const PRESS_AGAIN_MS = 500;
const LIFE_MIN = 30;

export async function openKillRig(folder: string, count: number): Promise<KillRig> {
  mkdirSync(folder, { recursive: true });
  const room = await startControlRoomProcess({ dataFolder: join(folder, "room") });
  const { desk, root } = room;
  await desk.liftRules(root);
  const trust = await armed(room);
  const boxes: BoxProcess[] = [];
  let kills = 0;
  for (let number = 1; number <= count; number += 1) {
    const claimCode = await room.claim(root, `Cụm loa ${number}`);
    boxes.push(
      await startBoxProcess({ folder: join(folder, `${number}`), controllerUrl: room.origin, claimCode }),
    );
  }
  for (const { id } of boxes)
    await desk.boxWhen("the box is online", ONLINE_LIMIT_MS, id, (one) => one.presence.state === "online");

  /** Whoever gets no answer looks whether it was done, and presses again. */
  const until = <Found>(what: string, press: () => Promise<Found | null>) =>
    eventually(what, RAISE_LIMIT_MS, async () => {
      const found = await press().catch(() => null);
      if (found === null) await pass(PRESS_AGAIN_MS);
      return found;
    });
  const raisedAs = async (headline: string): Promise<EmergencyId | null> => {
    const { emergencies } = await desk.operator.do("GET", "/api/v1/emergencies", listed);
    return emergencies.find((one) => one.headline.startsWith(`${headline} `))?.id ?? null;
  };

  return {
    boxes: boxes.map((box, index) => killable(box, `${index + 1}`, () => (kills += 1))),
    kills: () => kills,
    raise(headline) {
      let presses = 0;
      return until("the emergency is raised", async () => {
        const before = await raisedAs(headline);
        if (before !== null) return before;
        presses += 1;
        const order = { area: root, headline: `${headline} lần ${presses}`, sirenS: SIREN_S, times: 1 };
        return (await raiseApproved(desk.operator, { ...order, durationMin: LIFE_MIN }, trust)).id;
      });
    },
    async stop(inMs) {
      await pass(inMs);
      await until("everything is stopped", () => desk.stop(root));
      return Date.now();
    },
    async killRoom(inMs, downMs) {
      await pass(inMs);
      await room.running().kill();
      kills += 1;
      await pass(downMs);
      await room.startAgain();
    },
    async said(id, limitMs) {
      await eventuallySo("every box has said it", limitMs, async () => {
        const { boxes: seen } = await desk.operator.do("GET", `/api/v1/emergencies/${id}`, tallied);
        return seen.length === count && seen.every((one) => one.verdict !== null);
      }).catch(() => {});
    },
    async close() {
      await Promise.all(boxes.map((box) => box.close()));
      await room.running().stop();
    },
  };
}

function killable(box: BoxProcess, name: string, count: () => void): KilledBox {
  const deaths: number[] = [];
  let backAt = 0;
  return {
    name,
    recordings: box.recordings,
    deaths: () => deaths,
    backAt: () => backAt,
    async kill(inMs, downMs) {
      await pass(inMs);
      deaths.push(Date.now());
      await box.running().kill();
      count();
      await pass(downMs);
      await box.startAgain();
      backAt = Date.now();
    },
  };
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
