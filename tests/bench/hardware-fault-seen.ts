import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { enrol } from "@loa/edge-agent/adapters/identity-store.ts";
import { loadNotices } from "@loa/edge-agent/sound/notice.ts";
import type { FaultKind } from "@loa/shared/device/fault.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { claimCode } from "@loa/shared/wire/enrolment.ts";
import { type LiveBox, openLiveBox } from "@loa/simulator/live/live-box.ts";
import { createSeededRandom, type SeededRandom } from "@loa/simulator/virtual/random.ts";
import type { DeviceFault } from "@loa/simulator/virtual-device/device-fault.ts";
import { type ControlRoomProcess, startControlRoomProcess } from "../support/control-room-process.ts";
import type { Desk } from "../support/desk.ts";
import { createLogBook } from "../support/log-book.ts";
import { shippedProfile } from "../support/profiles.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atMost, type BenchRow } from "./bench-row.ts";

/** What a device tells by a point with an alarm, and what shows only by its silence or by who answers. */
const alarms: readonly Shown[] = [
  { fault: "mains-lost", kind: "mains-lost" },
  { fault: "door-open", kind: "cabinet-open" },
  { fault: "over-temperature", kind: "amplifier-thermal" },
];
const silences: readonly Shown[] = [
  { fault: "dead", kind: "amplifier-unreachable" },
  { fault: "late-replies", kind: "amplifier-unreachable" },
  { fault: "wrong-identity", kind: "amplifier-wrong-identity" },
];
const ALARM_LIMIT_MS = 5_000;
const SEEN_LIMIT_MS = 100_000;
const boxCount = 6;
const onlineLimitMs = 60_000;
const lookEveryMs = 100;
/** A fault that is not seen after this long is told as this, and no goal is reached. */
const giveUpMs = 150_000;

interface Shown {
  readonly fault: DeviceFault;
  readonly kind: FaultKind;
}
type Look = Desk["boxes"];
interface Seen extends Shown {
  readonly afterMs: number;
}

/**
 * Live boxes with nothing to play: from the fault in the virtual device through bytes, driver, agent, broker and
 * controller to what the page asks for. Each box has each alarm and one silence once, at any moment of its rounds: a
 * fault that comes back within a minute is told at a slower pace, which is not what is promised here.
 */
export async function bench(): Promise<BenchRow[]> {
  await using folder = await temporaryFolder();
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) throw new Error(`needs ffmpeg: ${ffmpeg.error.tried.join("; ")}`);
  const room = await startControlRoomProcess({ dataFolder: join(folder.path, "room") });
  const boxes: LiveBox[] = [];
  try {
    for (let index = 0; index < boxCount; index += 1)
      boxes.push(await openBoxOf(room, join(folder.path, `box-${index}`), ffmpeg.value.path, index));
    const look = onePage(room);
    const seen = await Promise.all(
      boxes.map((box, index) => watch(room, look, box, lifeOf(index), createSeededRandom(`seen-${index}`))),
    );
    const slowest = (of: readonly Shown[]) =>
      seen.flat().filter((one) => of.some((other) => other.fault === one.fault));
    return [
      row("alarm of a point", slowest(alarms), ALARM_LIMIT_MS),
      row("silence or wrong identity", slowest(silences), SEEN_LIMIT_MS),
    ];
  } finally {
    await Promise.all(boxes.map((box) => box.close()));
    await room.running().stop();
  }
}

function row(what: string, seen: readonly Seen[], limitMs: number): BenchRow {
  const words = seen.map(({ fault, afterMs }) => `${fault} ${(afterMs / 1_000).toFixed(1)}`).join(", ");
  process.stderr.write(`${what}, seen after s: ${words}\n`);
  const slowestMs = Math.max(...seen.map(({ afterMs }) => afterMs));
  return atMost(
    `${what} is new and seen on the page, slowest of ${seen.length}`,
    slowestMs / 1_000,
    "s",
    limitMs / 1_000,
  );
}

async function openBoxOf(
  room: ControlRoomProcess,
  folder: string,
  ffmpegPath: string,
  index: number,
): Promise<LiveBox> {
  await mkdir(folder, { recursive: true });
  const code = claimCode.parse(await room.claim(room.root, `Cụm loa ${index}`));
  const enrolled = await enrol(folder, room.origin, code);
  if (!enrolled.ok) throw new Error(`a box could not enrol: ${enrolled.error}`);
  const log = createLogBook();
  const httpPort = Number(new URL(room.origin).port);
  return openLiveBox(
    { folder, trouble: "none", seed: index, mqttPort: room.mqttPort, httpPort },
    {
      profile: shippedProfile("loa-reference-amplifier"),
      ffmpegPath,
      notices: loadNotices({ ffmpegPath, log }),
      log,
    },
  );
}

/** What befalls this box, one after the other: each box in another order, and what silences it last. */
function lifeOf(index: number): readonly Shown[] {
  const turn = index % alarms.length;
  return [...alarms.slice(turn), ...alarms.slice(0, turn), ...silences.slice(turn, turn + 1)];
}

/** One person may not ask as often as six who look: an answer that is still to come is for all of them. */
function onePage({ desk }: ControlRoomProcess): Look {
  let coming: ReturnType<Look> | null = null;
  return () => {
    coming ??= pause(lookEveryMs)
      .then(() => desk.boxes())
      .finally(() => {
        coming = null;
      });
    return coming;
  };
}

/** Healthy, then the fault at any moment, then until it is seen, then until it is gone. */
async function watch(
  { desk }: ControlRoomProcess,
  look: Look,
  box: LiveBox,
  faults: readonly Shown[],
  random: SeededRandom,
): Promise<readonly Seen[]> {
  await desk.boxWhen("online", onlineLimitMs, box.id, (it) => it.presence.state === "online");
  const seen: Seen[] = [];
  for (const shown of faults) {
    const isShown = async () =>
      (await look()).some(
        ({ boxId, faults: shownNow }) => boxId === box.id && shownNow.some(({ kind }) => kind === shown.kind),
      );
    await pause(random.between(5_000, 20_000));
    const from = performance.now();
    box.setFaults([shown.fault]);
    await until(isShown);
    seen.push({ ...shown, afterMs: performance.now() - from });
    box.setFaults([]);
    await until(async () => !(await isShown()));
  }
  return seen;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const from = performance.now();
  while (!(await isSo()) && performance.now() - from < giveUpMs);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
