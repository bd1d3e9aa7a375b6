import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { ENDLESS, SAMPLE_RATE_HZ, wavHeader } from "./wav.ts";

/** Where the sound of a box comes from; null for a box that this province does not run. */
export type SoundOf = (what: "live" | "last", box: BoxId, signal: AbortSignal) => Promise<Response> | null;

const DEFAULT_SECONDS = 30;
const MAX_SECONDS = 60;
const BYTES_PER_SECOND = SAMPLE_RATE_HZ * 2;

/**
 * `/listen/{box}` is a WAV without end, `/listen/{box}/last.wav?seconds=` what was heard just now, with the wall time
 * of its first sample (ms) in `x-first-sample-at`. Null: not ours.
 */
export async function listen(url: URL, signal: AbortSignal, soundOf: SoundOf): Promise<Response | null> {
  const match = /^\/listen\/([^/]+)(\/last\.wav)?$/.exec(url.pathname);
  if (match === null) return null;
  const box = boxId.safeParse(match[1]);
  const sound = box.success ? soundOf(match[2] === undefined ? "live" : "last", box.data, signal) : null;
  const answer = sound === null ? null : await sound;
  if (answer === null || answer.body === null || !answer.ok)
    return new Response("no such loudspeaker", { status: 404 });
  const headers = { "content-type": "audio/wav", "cache-control": "no-store" };
  if (match[2] === undefined) return new Response(withHeader(answer.body), { headers });
  const asked = Number(url.searchParams.get("seconds") ?? DEFAULT_SECONDS);
  const seconds = Number.isFinite(asked) ? Math.min(MAX_SECONDS, Math.max(1, asked)) : DEFAULT_SECONDS;
  const pcm = new Uint8Array(await answer.arrayBuffer());
  const skipped = Math.max(0, pcm.length - Math.round(seconds) * BYTES_PER_SECOND);
  const last = pcm.subarray(skipped);
  const keptFrom = Number(answer.headers.get("x-first-sample-at"));
  const firstSampleAt = Math.round(keptFrom + (skipped / BYTES_PER_SECOND) * SECOND_MS);
  return new Response(Buffer.concat([wavHeader(last.length), last]), {
    headers: { ...headers, "x-first-sample-at": String(firstSampleAt) },
  });
}

function withHeader(pcm: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  let isFirst = true;
  return pcm.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        if (isFirst) out.enqueue(wavHeader(ENDLESS));
        isFirst = false;
        out.enqueue(chunk);
      },
    }),
  );
}
