import { atMost, type BenchRow } from "./bench-row.ts";
import { offsetsOfTwoBoxes } from "./sound-drift.ts";
import { cutInLatencies } from "./sound-exact.ts";
import { percentile } from "./sound-figures.ts";
import { ffmpegCutIn, mpvCutIn, snapcastOffset } from "./sound-peers.ts";
import { withRig } from "./sound-rig.ts";

const CUT_INS = 20;
const PPM_APART = 160;
const SECONDS = 40;

/** Others on the same kind of virtual card in the same run, as ratios: ours divided by theirs. */
export async function bench(): Promise<BenchRow[]> {
  const ourCutIn = percentile(await withRig((rig, around) => cutInLatencies(rig, around, CUT_INS)), 0.5);
  const { apart } = await offsetsOfTwoBoxes(SECONDS * 1_000, PPM_APART);
  const ourOffset = percentile(apart, 0.5);
  const snapcast = await snapcastOffset({ seconds: SECONDS, ppmApart: PPM_APART, settleSeconds: 10 });
  const ffmpeg = await ffmpegCutIn(6, "SIGKILL");
  const mpv = await mpvCutIn(CUT_INS);
  return [
    printed("offset of two boxes, median", ourOffset, "ms"),
    printed("Snapcast, offset of two clients, median", snapcast?.median, "ms"),
    atMost("offset, ours to Snapcast's", ourOffset / (snapcast?.median ?? Number.NaN), "ratio", 1),
    printed("cut-in of a siren over a programme, median", ourCutIn, "ms"),
    printed("ffmpeg to ALSA, killed and started anew, cut-in, median", ffmpeg?.median, "ms"),
    printed("cut-in, ours to ffmpeg's", ourCutIn / (ffmpeg?.median ?? Number.NaN), "ratio"),
    printed("mpv, cut-in without fade and without going on, median", mpv?.median, "ms"),
    printed("cut-in, ours to mpv's", ourCutIn / (mpv?.median ?? Number.NaN), "ratio"),
  ];
}

/** A figure to compare with, and no promise. A peer that is not installed has none. */
function printed(name: string, value: number | undefined, unit: string): BenchRow {
  return { name, value: value ?? Number.NaN, unit, goal: "printed", ok: value !== undefined };
}
