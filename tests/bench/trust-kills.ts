import { join } from "node:path";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { createSeededRandom, type SeededRandom } from "@loa/simulator/virtual/random.ts";
import { temporaryFolder } from "../support/temp-folder.ts";
import { atLeast, atMost, type BenchRow } from "./bench-row.ts";
import { goAhead } from "./go-ahead.ts";
import { type AlarmEar, openAlarmEar } from "./trust-alarm-ear.ts";
import { type KilledBox, type KillRig, openKillRig } from "./trust-kill-rig.ts";

const BOXES = 4;
const KILLS = 100;
/** Every third one is stopped while things die. */
const STOPPED_EVERY = 3;
/** Siren and words, from the press on. */
const SAID_MS = 12 * SECOND_MS;
const LONGEST_DOWN_MS = 1_500;
const KILLS_A_BOX = 2;
/** Whoever dies this soon after the last sample cannot have written down that it was said. */
const UNNOTED_MS = 500;
/** After all are back: a box that missed it hears of it, and says it. */
const SAID_LIMIT_MS = 120 * SECOND_MS;
const SETTLED_MS = 2 * SECOND_MS;
/** A box that comes back speaks until it has heard of the STOP. */
const STOPPED_WITHIN_MS = 15 * SECOND_MS;

/** Real processes, real `kill -9`: who has said what is heard in what the boxes recorded. */
export async function bench(): Promise<BenchRow[]> {
  goAhead();
  await using folder = await temporaryFolder();
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) throw new Error(`needs ffmpeg: ${ffmpeg.error.tried.join("; ")}`);
  const ear = await openAlarmEar(ffmpeg.value.path);
  const random = createSeededRandom("real-kills");
  const rig = await openKillRig(join(folder.path, "rig"), BOXES);
  const problems: string[] = [];
  let emergencies = 0;
  try {
    while (rig.kills() < KILLS) {
      emergencies += 1;
      problems.push(...(await round(rig, ear, random.stream(`${emergencies}`), emergencies)));
    }
  } finally {
    await rig.close();
  }
  for (const what of problems) process.stderr.write(`${what}\n`);
  const twice = problems.filter((what) => what.includes(" twice")).length;
  return [
    atLeast(
      `kill -9 of controller and agents around ${emergencies} emergencies`,
      rig.kills(),
      "kills",
      KILLS,
    ),
    atMost(`emergencies lost, of ${emergencies * BOXES} at boxes`, problems.length - twice, "emergencies", 0),
    atMost("parts of them played twice", twice, "parts", 0),
  ];
}

async function round(rig: KillRig, ear: AlarmEar, random: SeededRandom, number: number): Promise<string[]> {
  const isStopped = number % STOPPED_EVERY === 0;
  const fromAt = Date.now();
  const pressed = rig.raise(`Đo ${number}`);
  const killing = [
    ...(random.chance(0.7) ? [rig.killRoom(random.between(0, SAID_MS), down(random))] : []),
    ...rig.boxes.map((box) => killSome(box, random)),
  ];
  const id = await pressed;
  const stoppedAt = isStopped ? await rig.stop(random.between(0, SAID_MS / 2)) : null;
  await Promise.all(killing);
  if (isStopped) await pass(STOPPED_WITHIN_MS + SAID_MS);
  else await rig.said(id, SAID_LIMIT_MS);
  await pass(SETTLED_MS);
  const toAt = Date.now();
  return rig.boxes.flatMap((box) =>
    problemsOf(ear, box, { fromAt, toAt, stoppedAt }).map(
      (what) => `emergency ${number}, box ${box.name}: ${what}`,
    ),
  );
}

async function killSome(box: KilledBox, random: SeededRandom): Promise<void> {
  for (let kill = 0; kill < KILLS_A_BOX; kill += 1) {
    await box.kill(random.between(0, SAID_MS / KILLS_A_BOX), down(random));
  }
}

function down(random: SeededRandom): number {
  return random.between(0, LONGEST_DOWN_MS);
}

function problemsOf(ear: AlarmEar, box: KilledBox, { fromAt, toAt, stoppedAt }: Round): readonly string[] {
  const heard = ear.hear(box.recordings, fromAt, toAt);
  const problems = (["siren", "notice"] as const).flatMap((part) => {
    const all = heard.filter((one) => one.part === part);
    // An engine sounds on for a moment after its agent was killed, which makes nothing whole.
    const whole = all.filter(
      ({ beganAt, endsAt }) => !box.deaths().some((at) => at >= beganAt && at <= endsAt + UNNOTED_MS),
    );
    const times = whole.map((one) => Math.round(one.endsAt - fromAt));
    if (whole.length > 1) return [`${part} twice, at ${times} ms`];
    return all.length === 0 && stoppedAt === null ? [`${part} lost`] : [];
  });
  if (stoppedAt === null) return problems;
  const until = Math.max(stoppedAt, box.backAt()) + STOPPED_WITHIN_MS;
  const after = heard.filter(({ markAt }) => markAt > until);
  return [...problems, ...after.map(({ part, markAt }) => `${part} at ${markAt}, stopped at ${stoppedAt}`)];
}

interface Round {
  readonly fromAt: number;
  readonly toAt: number;
  /** Null: it was not stopped. */
  readonly stoppedAt: number | null;
}

/** Real sound takes real time. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
