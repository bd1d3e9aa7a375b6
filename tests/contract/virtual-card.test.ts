import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { cardParts } from "../ears/card-plugin.ts";
import { machineNow } from "../ears/machine-time.ts";
import { playBySink, type SinkChild } from "../ears/sink-saying.ts";
import {
  openVirtualCard,
  openVirtualCards,
  type VirtualCard,
  type VirtualCardOptions,
} from "../ears/virtual-card.ts";
import { findChirp } from "../golden-ear/find-chirp.ts";
import { gaps } from "../golden-ear/gaps.ts";
import { tone, withChirps, writeWav } from "../golden-ear/make-audio.ts";
import { type Recording, slice, wavSamples } from "../golden-ear/recording.ts";
import { eventually, eventuallySo } from "../support/eventually.ts";
import { systemPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const parts = [systemPart("alsa-utils"), cardParts()];
const ffmpeg = systemPart("ffmpeg");

/** Programs of others get a buffer that a loaded machine does not empty. */
const patient = ["--buffer-time=2000000", "-q"];
/** To start a program and to hear it, on a loaded machine. */
const LIMIT_MS = 15_000;

async function cardForTest(options: VirtualCardOptions = {}): Promise<VirtualCard> {
  const card = await openVirtualCard(options);
  onTestFinished(card.close);
  return card;
}

async function wav(samples: Float64Array): Promise<string> {
  const path = join(await testFolder(), "played.wav");
  writeWav(path, samples);
  return path;
}

/** Runs a program to its end; answers its exit code and what it complained about. */
async function runOn(card: VirtualCard, program: string, args: readonly string[]) {
  const child = spawn(program, args, {
    env: { ...process.env, ...card.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (said += text));
  await once(child, "close");
  return { code: child.exitCode, said };
}

function sinkOn(card: VirtualCard, wavPath: string, bufferMs?: number): SinkChild {
  const child = playBySink(card, wavPath, bufferMs);
  onTestFinished(child.kill);
  return child;
}

/** The recording once it reaches `at`. */
function heardUntil(card: VirtualCard, at: number): Promise<Recording> {
  return eventually(`the card hears until ${at}`, LIMIT_MS, () => {
    const heard = card.recording();
    return heard.firstSampleAt + (heard.samples.length * 1_000) / heard.sampleRateHz >= at ? heard : null;
  });
}

function eventOf(card: VirtualCard, kind: string, afterAt = 0) {
  return eventually(`the card says ${kind}`, LIMIT_MS, () => {
    return card.events().find((one) => one.kind === kind && one.at > afterAt) ?? null;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

describe.skipIf(parts.includes(null))("the virtual card", () => {
  const programs: Record<string, (device: string, path: string) => readonly [string, readonly string[]]> = {
    aplay: (device, path) => ["aplay", [...patient, "-D", device, path]],
    "aplay, into mapped memory": (device, path) => ["aplay", [...patient, "-M", "-D", device, path]],
    "aplay, without blocking": (device, path) => ["aplay", [...patient, "-N", "-D", device, path]],
    ffmpeg: (device, path) => [
      ffmpeg?.path ?? "ffmpeg",
      ["-nostdin", "-loglevel", "error", "-i", path, "-f", "alsa", device],
    ],
  };

  test.each(Object.entries(programs))(
    "%s: what is heard is what it played, sample for sample",
    async (_, program) => {
      const card = await cardForTest();
      const path = await wav(withChirps(700, [100, 400]));
      const played = wavSamples(readFileSync(path)).interleaved;
      const { code, said } = await runOn(card, ...program(card.device, path));
      expect({ code, said }).toEqual({ code: 0, said: "" });
      const started = await eventOf(card, "start");
      const heard = slice(await heardUntil(card, started.at + 800), started.at, started.at + 800);
      expect(Int16Array.from(heard.samples.subarray(0, played.length), (one) => one * 32_768)).toEqual(
        played,
      );
      expect(heard.samples.subarray(played.length).every((one) => one === 0)).toBe(true);
    },
  );

  test("a mono player is heard in both channels of a stereo card", async () => {
    const card = await cardForTest({ channels: 2 });
    await runOn(card, "aplay", [...patient, "-D", card.device, await wav(withChirps(500, [100]))]);
    const { at } = await eventOf(card, "start");
    await heardUntil(card, at + 400);
    const found = [0, 1].map((channel) => findChirp(card.recording({ channel }))?.at);
    expect(found).toEqual([at + 100, at + 100].map((one) => expect.closeTo(one, 1)));
  });

  test.each([0, 160, -160])(
    "our sink knows to 0.05 ms when a sample is heard, crystal %d ppm off",
    async (ppm) => {
      const card = await cardForTest({ ppm });
      const bufferMs = 250;
      const child = sinkOn(card, await wav(withChirps(2_500, [1_200])), bufferMs);
      const started = await eventOf(card, "start");
      const heard = await heardUntil(card, started.at + 1_600);
      const chirpAt = findChirp(heard)?.at ?? 0;
      const errors = child.sayings().flatMap((one) => {
        if (one.kind !== "writes") return [];
        return [one.heardAt - (chirpAt + ((one.sample - 1_200 * 48) * 1_000) / heard.sampleRateHz)];
      });
      // It counts the frames that wait at the nominal rate, so the crystal's error in the buffer is its own, too.
      const limitMs = 0.05 + (bufferMs * Math.abs(ppm)) / 1e6;
      expect(errors.length).toBeGreaterThanOrEqual(5);
      expect(Math.abs(median(errors))).toBeLessThan(limitMs);
      expect(child.sayings().filter((one) => one.kind === "underrun")).toEqual([]);
    },
  );

  test("a crystal 200 ppm fast plays 2 s in 0.4 ms less", async () => {
    const card = await cardForTest({ ppm: 200 });
    await runOn(card, "aplay", [...patient, "-D", card.device, await wav(withChirps(2_300, [50, 2_050]))]);
    const { at } = await eventOf(card, "start");
    const heard = await heardUntil(card, at + 2_300);
    const first = findChirp(slice(heard, at, at + 1_000));
    const second = findChirp(slice(heard, at + 1_000, at + 2_300));
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(2_000 / 1.0002, 2);
  });

  test("a player that is stopped too long underruns: said, counted, and silence until it goes on", async () => {
    const card = await cardForTest();
    const child = sinkOn(card, await wav(tone(6_000, 1_000, 0.5)), 100);
    await heardUntil(card, (await eventOf(card, "start")).at + 300);
    process.kill(child.pid, "SIGSTOP");
    const stoppedAt = machineNow();
    await eventuallySo("400 ms pass", LIMIT_MS, () => machineNow() > stoppedAt + 400);
    process.kill(child.pid, "SIGCONT");
    const xrun = await eventOf(card, "xrun", stoppedAt);
    await eventuallySo("the sink says it", LIMIT_MS, () =>
      child.sayings().some((one) => one.kind === "underrun"),
    );
    const again = await eventually("it plays again", LIMIT_MS, () => {
      return card.events().find((one) => one.kind === "start" && one.at > xrun.at) ?? null;
    });
    const heard = await heardUntil(card, again.at + 100);
    const [gap] = gaps(slice(heard, xrun.at - 50, again.at + 50), -60, 10);
    expect(xrun.at - stoppedAt).toBeLessThan(120);
    expect(gap?.fromAt).toBeCloseTo(xrun.at, 0);
    expect(gap?.toAt).toBeCloseTo(again.at, 0);
  });

  test("whoever comes second is refused, and gets the card when the first has gone", async () => {
    const card = await cardForTest();
    const silence = await wav(new Float64Array(4_800));
    const first = sinkOn(card, silence);
    await eventOf(card, "start");
    const stranger = await runOn(card, "aplay", ["-D", card.device, silence]);
    expect(stranger.code).toBe(1);
    expect(stranger.said).toContain("busy");
    const second = sinkOn(card, silence);
    await eventuallySo("the sink says busy", LIMIT_MS, () =>
      second.sayings().some((one) => one.kind === "refused" && one.failure === "busy"),
    );
    await first.kill();
    await second.says(/opened/, LIMIT_MS);
  });

  test("a card that vanishes is said to have vanished, then to be missing, and comes back", async () => {
    const card = await cardForTest();
    const child = sinkOn(card, await wav(tone(8_000, 1_000, 0.5)));
    await heardUntil(card, (await eventOf(card, "start")).at + 200);
    card.makeVanish();
    const vanished = await eventOf(card, "vanish");
    const tellsIt = await eventually("the sink opens it in vain", LIMIT_MS, () => {
      const told = child.sayings().filter((one) => one.kind === "failed" || one.kind === "refused");
      return told.length < 2 ? null : told.slice(0, 2);
    });
    expect(tellsIt).toEqual([
      { kind: "failed", failure: "vanished" },
      { kind: "refused", failure: "no-device" },
    ]);
    const heard = await heardUntil(card, vanished.at + 100);
    expect(slice(heard, vanished.at + 1, vanished.at + 100).samples.every((one) => one === 0)).toBe(true);
    card.comeBack();
    await eventuallySo("it is opened again", LIMIT_MS, () => {
      return card.events().some((one) => one.kind === "start" && one.at > vanished.at);
    });
  });

  test("what was pulled out comes back as another card", async () => {
    const [one, other] = await openVirtualCards([{}, { isAbsent: true }]);
    if (one === undefined || other === undefined) throw new Error("no cards");
    for (const card of [one, other]) onTestFinished(card.close);
    const silence = await wav(new Float64Array(4_800));
    expect((await runOn(other, "aplay", ["-D", other.device, silence])).said).toContain("No such device");
    one.makeVanish();
    other.comeBack();
    expect((await runOn(one, "aplay", ["-D", one.device, silence])).code).toBe(1);
    const playing = runOn(other, "aplay", [
      ...patient,
      "-D",
      other.device,
      await wav(tone(5_000, 1_000, 0.1)),
    ]);
    await eventOf(other, "start");
    other.makeVanish();
    expect((await playing).said).toContain("No such device");
  });

  test("a card that stands still is silent, loses nothing and is that much later", async () => {
    const card = await cardForTest();
    const path = await wav(withChirps(2_500, [100, 1_600]));
    const playing = runOn(card, "aplay", [...patient, "-D", card.device, path]);
    const { at } = await eventOf(card, "start");
    await heardUntil(card, at + 500);
    card.stallFor(300);
    expect((await playing).said).toBe("");
    const heard = await heardUntil(card, at + 2_800);
    const second = findChirp(slice(heard, at + 700, at + 2_800));
    expect(second?.at).toBeCloseTo(at + 1_900, 0);
  });

  test("a card that only underruns says so at every start, and then plays", async () => {
    const card = await cardForTest();
    card.underrunFor(60_000);
    const child = sinkOn(card, await wav(tone(12_000, 1_000, 0.5)));
    await eventuallySo("several underruns", LIMIT_MS, () =>
      child.sayings().some((one) => one.kind === "underrun" && one.underruns > 1),
    );
    card.underrunFor(0);
    const started = await eventually("a start that no underrun follows", LIMIT_MS, () => {
      const last = card.events().at(-1);
      return last?.kind === "start" && machineNow() > last.at + 300 ? last : null;
    });
    const heard = await heardUntil(card, started.at + 300);
    expect(gaps(slice(heard, started.at, started.at + 300), -60, 5)).toEqual([]);
  });

  test("what a killed player had written ahead is not heard", async () => {
    const card = await cardForTest();
    const child = sinkOn(card, await wav(tone(8_000, 1_000, 0.5)), 1_000);
    await heardUntil(card, (await eventOf(card, "start")).at + 200);
    await child.kill();
    const deadAt = machineNow();
    const heard = await heardUntil(card, deadAt + 300);
    expect(slice(heard, deadAt, deadAt + 300).samples.every((one) => one === 0)).toBe(true);
    expect(gaps(slice(heard, deadAt - 150, deadAt), -60, 140)).toEqual([]);
  });

  test("what comes in on its line is captured at its time", async () => {
    const line = await wav(withChirps(8_000, [0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000]));
    const card = await cardForTest({ captureWav: line });
    const path = join(await testFolder(), "captured.wav");
    const args = ["-q", "-D", card.device, "-f", "S16_LE", "-r", "48000", "-d", "2", path];
    expect(await runOn(card, "arecord", args)).toEqual({ code: 0, said: "" });
    const started = card.events().find((one) => one.kind === "start");
    const captured = wavSamples(readFileSync(path)).interleaved;
    const from = Math.round(((started?.at ?? 0) - card.recording().firstSampleAt) * 48);
    const onLine = wavSamples(readFileSync(line)).interleaved.subarray(from, from + captured.length);
    expect(captured).toHaveLength(96_000);
    expect(captured).toEqual(onLine);
  });
});
