import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { knownNoise } from "../golden-ear/known-noise.ts";
import { writeWav } from "../golden-ear/make-audio.ts";
import { eventually, eventuallySo } from "../support/eventually.ts";
import { childrenOf, type OwnProcess, processesMarked, startOwn } from "../support/own-process.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

const CLIP_MS = 60_000;
/** A guard: what is left stays for ever. */
const GONE_WITHIN_MS = 10_000;

describeWithPart("ffmpeg", "what is left of a sound process", ({ path: ffmpegPath }) => {
  test("an-engine-whose-agent-was-killed-ends-and-so-do-spare-and-decoders", async () => {
    const { holder, mark } = await holdSound(ffmpegPath);
    await spareDecodes(holder);
    await holder.kill();
    await eventuallySo("all of it is gone", GONE_WITHIN_MS, () => processesMarked(mark).length === 0);
  });

  test("a-decoder-that-hangs-goes-with-its-killed-engine", async () => {
    const { holder, mark } = await holdSound(ffmpegPath);
    const { engine } = await spareDecodes(holder);
    const decoders = childrenOf(engine);
    expect(decoders).not.toEqual([]);
    for (const decoder of decoders) process.kill(decoder, "SIGSTOP");
    process.kill(engine, "SIGKILL");
    await eventuallySo("no decoder is left", GONE_WITHIN_MS, () => {
      const left = processesMarked(mark);
      return decoders.every((pid) => !left.includes(pid));
    });
    await holder.says(/"engine\.lost"/);
  });

  test("a-decoder-that-hangs-goes-with-its-agent", async () => {
    const { holder, mark } = await holdSound(ffmpegPath);
    const { engine } = await spareDecodes(holder);
    for (const decoder of childrenOf(engine)) process.kill(decoder, "SIGSTOP");
    await holder.kill();
    await eventuallySo("all of it is gone", GONE_WITHIN_MS, () => processesMarked(mark).length === 0);
  });
});

async function holdSound(ffmpegPath: string) {
  const path = join(await testFolder(), "noise.wav");
  writeWav(path, knownNoise(CLIP_MS));
  const mark = `LOA_MARK=${process.pid}-${performance.now()}`;
  const [name = "", value = ""] = mark.split("=");
  const holder = startOwn("tests/support/sound-holder.ts", {
    args: [ffmpegPath, path],
    env: { [name]: value },
  });
  onTestFinished(async () => {
    await holder.kill();
    await eventuallySo("all of it is gone", GONE_WITHIN_MS, () => processesMarked(mark).length === 0);
  });
  await holder.says(/"sound\.started"/);
  return { holder, mark };
}

/** The engine plays, and the spare has followed it to the same clip. */
async function spareDecodes(
  holder: OwnProcess,
): Promise<{ readonly engine: number; readonly spare: number }> {
  const engine = Number((await holder.says(/"engine\.took-over","pid":(\d+)/))[1]);
  const spare = await eventually("a spare decodes", 20_000, () => {
    const ready = [...holder.output().matchAll(/"engine\.ready","pid":(\d+)/g)].map(([, pid]) => Number(pid));
    return ready.find((pid) => pid !== engine && childrenOf(pid).length > 0) ?? null;
  });
  return { engine, spare };
}
