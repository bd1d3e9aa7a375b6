import { readdir } from "node:fs/promises";
import { openUploads, type UploadLimits } from "@loa/controller/adapters/file-uploads.ts";
import { describe, expect, it } from "vitest";
import { testFolder } from "../support/temp-folder.ts";

const LIMIT_BYTES = 1_000_000;

/** A sender that sends a part of this size whenever it is asked, so many times; then it is silent for ever. */
function sender(partBytes: number, parts: number, onEnd: "close" | "silence" = "silence") {
  let sent = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      // A timer's turn for each part: the network is no loop of microtasks.
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (sent < parts) controller.enqueue(new Uint8Array(partBytes));
      else if (onEnd === "close") controller.close();
      else return new Promise(() => undefined);
      sent += 1;
    },
    cancel() {
      isCancelled = true;
    },
  });
  return { body, sent: () => sent, isCancelled: () => isCancelled };
}

async function receive(
  from: ReturnType<typeof sender>,
  limits: Partial<UploadLimits>,
  announcedBytes?: number,
): Promise<unknown> {
  const folder = await testFolder();
  const uploads = await openUploads(folder, limits);
  const answer = await uploads.receive(from.body, LIMIT_BYTES, announcedBytes);
  if (!answer.ok) expect(await readdir(folder)).toEqual([]);
  return answer;
}

describe("an upload", () => {
  it("that comes a byte at a time, and would for ever, is refused as too slow and cut off", async () => {
    const slow = sender(1, Number.POSITIVE_INFINITY);
    expect(await receive(slow, { graceMs: 50 })).toEqual({ ok: false, error: "too-slow" });
    expect(slow.isCancelled()).toBe(true);
  });

  it("that is slow to begin but fast enough in all is taken", async () => {
    const steady = sender(5_000, 20, "close");
    expect(await receive(steady, { graceMs: 0 })).toMatchObject({ ok: true, value: { sizeBytes: 100_000 } });
  });

  it("whose sender falls silent is refused as interrupted", async () => {
    const silent = sender(5_000, 3);
    expect(await receive(silent, { silenceMs: 50 })).toEqual({ ok: false, error: "interrupted" });
    expect(silent.isCancelled()).toBe(true);
  });

  it("that announces more than the disk has room for is refused before a byte is written", async () => {
    const large = sender(5_000, Number.POSITIVE_INFINITY);
    const freeBytes = async () => 100_000_000;
    expect(await receive(large, { freeBytes }, 90_000_000)).toEqual({ ok: false, error: "disk-full" });
    expect(large.sent()).toBeLessThan(3);
    expect(large.isCancelled()).toBe(true);
  });
});
