import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { machineNow } from "../ears/machine-time.ts";
import { playBySink } from "../ears/sink-saying.ts";
import { openVirtualCard, type VirtualCard } from "../ears/virtual-card.ts";
import { findNoise } from "../golden-ear/find-noise.ts";
import { soundingStretch } from "../golden-ear/gaps.ts";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import {
  emergencyDuring,
  type HeardEmergency,
  heardBetween,
  printLatencies,
} from "../support/emergency-ear.ts";
import { eventually } from "../support/eventually.ts";
import { openRenumberedCard } from "../support/renumbered-card.ts";
import { openSupervisedLoudspeaker, type SupervisedLoudspeaker } from "../support/supervised-loudspeaker.ts";
import { describeWithPart } from "../support/system-part.ts";
import { temporaryFolder, testFolder } from "../support/temp-folder.ts";

/** From the moment at which the card can be heard again; a machine that is busy may take so long. */
const IN_TIME_MS = 700;
const LIMIT_MS = 15_000;
const NOISE_MS = 8_000;
/** The issue says a minute, `LOA_UNDERRUNS_MS=60000`; the engine does the same all the time. */
const UNDERRUNS_MS = Number(process.env.LOA_UNDERRUNS_MS ?? 2_500);
const BEFORE_THE_END_MS = 1_200;
/** Long enough to be noticed. */
const STILL_MS = 3_200;
const NOTICED_MS = 2_400;
const GOES_ON_MS = 900;
const SIREN_DB = -12;
const AWAY_MS = 1_300;
const STRETCH = { stretchPpm: 1_000 };
const noise = knownNoise(NOISE_MS, 3);
const hasCard = cardParts() !== null;

describeWithPart("ffmpeg", "an emergency during trouble with the card is heard as soon as it can", (part) => {
  test.runIf(hasCard)("a-card-that-is-busy", async () => {
    const card = await openVirtualCard();
    onTestFinished(card.close);
    const path = join(await testFolder(), "other.wav");
    writeWav(path, new Float64Array(48_000));
    const other = playBySink(card, path);
    onTestFinished(other.kill);
    await eventually("somebody has the card", LIMIT_MS, () => (isStarted(card) ? true : null));
    const box = await loudspeaker(part.path, card);
    await box.engine();
    await saysOf(box, "busy");
    await playsNoise(box, 0);
    await box.report("failed");
    const emergency = await duringAbsence(box, "a busy card", () => other.kill());
    await goesOn(box);
    tell(box, emergency, "busy");
  });

  test.runIf(hasCard).each([
    ["vanishes", openVirtualCard],
    ["comes back under another number", renumbered],
  ] as const)("a-card-that-%s", async (how, open) => {
    const card = await open();
    const box = await loudspeaker(part.path, card);
    await box.engine();
    await playsNoise(box, 0);
    await box.report("started");
    card.makeVanish();
    expect(await box.report("failed")).toMatchObject({ soundId: "noise 0", reason: "sink-failed" });
    await saysOf(box, "vanished");
    const emergency = await duringAbsence(box, `a card that ${how}`, () => card.comeBack());
    await goesOn(box);
    tell(box, emergency, "vanished");
  });

  test.runIf(hasCard)("a-card-that-underruns", async () => {
    const box = await loudspeaker(part.path, await openVirtualCard());
    await box.engine();
    await playsNoise(box, 0);
    await box.report("started");
    box.card.underrunFor(UNDERRUNS_MS);
    const untilAt = machineNow() + UNDERRUNS_MS;
    await passes(UNDERRUNS_MS - BEFORE_THE_END_MS);
    const emergency = await emergencyDuring(box, "underruns", ["noise 0"]);
    await goesOn(box);
    const lines = box.log.lines.filter(({ event }) => event === "sound.underrun").length;
    expect(lines).toBeGreaterThan(0);
    tell(
      box,
      { ...emergency, latencyMs: emergency.orderedAt + emergency.latencyMs - untilAt },
      `underrun ×${lines}`,
    );
  });

  test.runIf(hasCard)("a-card-that-stands-still", async () => {
    const box = await loudspeaker(part.path, await openVirtualCard());
    await box.engine();
    await playsNoise(box, 0);
    await box.report("started");
    box.card.stallFor(STILL_MS);
    const untilAt = machineNow() + STILL_MS;
    await saysOf(box, "io");
    await passes(untilAt - STILL_MS + NOTICED_MS - machineNow());
    const orderedAt = machineNow();
    // What it was given while it stood still is heard then, and the rest of it where it should be by now.
    const siren = { kind: "siren", severity: "actual", durationMs: STILL_MS } as const;
    box.play("siren", siren, { rung: "emergency-actual" });
    const heard = await heardBetween(box, orderedAt, untilAt + GOES_ON_MS);
    const latencyMs = (soundingStretch(heard, SIREN_DB)?.fromAt ?? Number.POSITIVE_INFINITY) - untilAt;
    box.sound.stop("siren", 0);
    await goesOn(box);
    tell(box, { during: "a card that stands still", orderedAt, latencyMs, endedAt: untilAt }, "io");
  });
});

async function renumbered(): Promise<VirtualCard> {
  return (await openRenumberedCard(await temporaryFolder())).card;
}

async function loudspeaker(ffmpegPath: string, card: VirtualCard): Promise<SupervisedLoudspeaker> {
  const box = await openSupervisedLoudspeaker(ffmpegPath, true, card);
  onTestFinished(box.close);
  return box;
}

function isStarted(card: VirtualCard): boolean {
  return card.events().some(({ kind }) => kind === "start");
}

function saysOf(box: SupervisedLoudspeaker, reason: string): Promise<true> {
  return eventually(`the player says ${reason}`, LIMIT_MS, () => {
    const isSaid = box.log.lines.some(
      ({ event, fields }) => event === "sound.sink-failed" && fields.reason === reason,
    );
    return isSaid ? true : null;
  });
}

async function playsNoise(box: SupervisedLoudspeaker, turn: number): Promise<void> {
  const path = join(await testFolder(), "noise.wav");
  writeWav(path, noise);
  box.play(`noise ${turn}`, { kind: "clip", sha256: box.clip(path) });
}

/** The alarm comes while there is no card; its time counts from when there is one. */
async function duringAbsence(
  box: SupervisedLoudspeaker,
  name: string,
  giveBack: () => Promise<void> | void,
): Promise<HeardEmergency> {
  let backAt = 0;
  const emergency = await emergencyDuring(box, name, [], async () => {
    await passes(AWAY_MS);
    await giveBack();
    backAt = machineNow();
  });
  return { ...emergency, latencyMs: emergency.orderedAt + emergency.latencyMs - backAt };
}

/** What is to sound then does; the core asks for it again where it had failed. */
async function goesOn(box: SupervisedLoudspeaker): Promise<void> {
  const isOver = box.reports.some((one) => one.kind === "failed" && one.soundId === "noise 0");
  if (isOver) await playsNoise(box, 1);
  const [kind, soundId] = isOver ? ["started", "noise 1"] : ["resumed", "noise 0"];
  const { at } = await eventually(`${soundId} ${kind}`, LIMIT_MS, () => {
    return (
      box.reports.find((one) => one.kind === kind && "soundId" in one && one.soundId === soundId) ?? null
    );
  });
  const last = findNoise(await heardBetween(box, at, at + GOES_ON_MS), noise, STRETCH).at(-1);
  // A card that stood still is brought back to its time under a fade.
  expect((last?.toAt ?? 0) - (last?.fromAt ?? 0)).toBeGreaterThan(GOES_ON_MS / 2);
  expect(at + GOES_ON_MS - (last?.toAt ?? 0)).toBeLessThan(100);
}

function tell(box: SupervisedLoudspeaker, emergency: HeardEmergency, word: string): void {
  printLatencies([emergency], new Map([[emergency.during, word]]));
  expect(emergency.latencyMs).toBeLessThan(IN_TIME_MS);
  expect(box.log.lines.filter(({ event }) => event === "engine.lost")).toEqual([]);
}

/** Real sound takes real time. */
function passes(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
