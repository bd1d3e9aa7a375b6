import { ok } from "@loa/shared/kernel/result.ts";
import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { clipOf, envelopeOf, manifestHash } from "../../support/agent-bench.ts";
import { loopBench } from "../../support/loop-bench.ts";

test("a lost connection is noticed though the disk is full in the same moment", () => {
  const { loop, clock, disk, plays } = loopBench();
  loop.post({ kind: "connected", nonce: "n" });
  clock.pass(2 * MINUTE_MS - 1_000);
  disk.failure = "disk-full";
  loop.post({ kind: "disconnected", reason: "closed" });
  expect(loop.state.link.phase).toBe("down");
  expect(loop.state.link.connectAt).not.toBeNull();
  expect(plays).toEqual([]);
});

test("a sound that ends while the disk is full is counted, and written when there is room again", () => {
  const { loop, clock, disk, plays, written } = loopBench();
  clock.pass(2 * MINUTE_MS - 1_000);
  loop.post({ kind: "rang" });
  const soundId = plays[0]?.soundId ?? "";
  clock.pass(1_000);
  loop.post({ kind: "sound-started", soundId, at: clock.monotonic() });
  disk.failure = "disk-full";
  clock.pass(5 * MINUTE_MS);
  loop.post({ kind: "sound-ended", soundId, at: clock.monotonic(), playedMs: 5 * MINUTE_MS, rmsDb: -20 });
  expect(loop.state.playout.sounding).toEqual([]);
  expect(loop.state.memory.progress.all().map((one) => one.playedMs)).toEqual([5 * MINUTE_MS]);
  expect(loop.state.health.faults.has("disk-full")).toBe(true);
  disk.failure = null;
  clock.pass(10 * MINUTE_MS);
  loop.post({ kind: "rang" });
  expect([...written.keys()].filter((key) => key.startsWith("event/")).length).toBeGreaterThanOrEqual(2);
  expect(loop.state.health.faults.has("disk-full")).toBe(false);
});

test("a disk that is full hours before a start is a fault at once, not at the start", () => {
  const { loop, clock, disk } = loopBench();
  disk.failure = "read-only";
  clock.pass(6 * MINUTE_MS);
  loop.post({ kind: "rang" });
  expect(loop.state.health.faults.has("disk-full")).toBe(true);
});

test("a lost connection is noticed though the disk is full as something begins to stand in for a missing clip", () => {
  const filler = clipOf("b", 5 * MINUTE_MS);
  const { loop, clock, disk } = loopBench({ filler: filler.sha256 }, [manifestHash, filler.sha256]);
  loop.post({ kind: "connected", nonce: "n" });
  disk.failure = "disk-full";
  clock.pass(2 * MINUTE_MS + 1_000);
  loop.post({ kind: "disconnected", reason: "closed" });
  expect(loop.state.link.phase).toBe("down");
});

test("a cancellation is obeyed though the disk is full as the bulletin wants to begin that had to wait", () => {
  const { loop, clock, disk } = loopBench();
  const now = clock.now();
  const emergency = {
    ...{ id: "lu", severity: "actual", headline: "Lũ", at: now, expiresAt: plus(now, MINUTE_MS * 60) },
    ...{ sirenMs: 8_000, notice: null, times: 50, gapMs: 0 },
  };
  const post = (sequence: number, kind: "emergency" | "cancel", body: unknown) =>
    loop.post({
      kind: "envelope",
      token: sequence,
      opened: ok(envelopeOf(sequence, clock.now(), kind, body, {})),
    });
  post(1, "emergency", { emergency });
  clock.pass(3 * MINUTE_MS);
  loop.post({ kind: "rang" });
  expect(loop.state.memory.emergencies.size).toBe(1);
  disk.failure = "disk-full";
  post(2, "cancel", { emergency: "lu" });
  expect(loop.state.memory.emergencies.size).toBe(0);
  expect(loop.state.playout.sounding.every((one) => one.isStopping)).toBe(true);
});

test("no sound begins while its note cannot be written, and it begins when it can", () => {
  const { loop, clock, disk, plays } = loopBench();
  disk.failure = "io";
  clock.pass(2 * MINUTE_MS - 1_000);
  for (let second = 0; second < 60; second += 1) {
    loop.post({ kind: "rang" });
    clock.pass(1_000);
  }
  expect(plays).toEqual([]);
  disk.failure = null;
  clock.pass(11_000);
  loop.post({ kind: "rang" });
  expect(plays).toHaveLength(1);
});
