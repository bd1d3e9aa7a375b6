import type { AgentEvent } from "@loa/edge-agent/core/event.ts";
import type { Capability, PointValue } from "@loa/shared/device/capability.ts";
import type { SequenceName } from "@loa/shared/device/profile-sequence.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Instant, MonotonicMs } from "@loa/shared/kernel/time.ts";
import type { BenchKnobs } from "./bench-knobs.ts";

export interface BenchDevicesParts {
  readonly post: (event: AgentEvent) => void;
  readonly after: (ms: number, run: () => void) => void;
  readonly mono: () => MonotonicMs;
  readonly now: () => Instant;
  readonly knobs: BenchKnobs;
  readonly offered: readonly Capability[];
  readonly isHeard: () => boolean;
}

const WRITE_MS = 20;
const LOOK_MS = 30;
const SEQUENCE_MS = 200;
const POLL_MS = 1_000;

/** One amplifier that does what it is told, for the bench; its knobs make it misbehave. */
export function createBenchDevices({ post, after, mono, now, knobs, offered, isHeard }: BenchDevicesParts) {
  const registers = new Map<Capability, number>();
  const ran: { readonly name: SequenceName; readonly at: Instant }[] = [];

  function write(capability: Capability, value: number): void {
    const isObeyed = capability !== knobs.refuses && !knobs.isAmplifierDead;
    if (isObeyed) registers.set(capability, value);
    const outcome = isObeyed ? "verified" : knobs.isAmplifierDead ? "timeout" : "not-supported";
    const shown = knobs.isAmplifierDead ? null : (knobs.readings.get(capability) ?? null);
    const readBack = isObeyed ? value : shown;
    post({ kind: "device-written", device: ONLY_DEVICE, at: mono(), capability, value, readBack, outcome });
  }

  function look(): void {
    if (knobs.isAmplifierDead) {
      post({ kind: "device-unreachable", device: ONLY_DEVICE, at: mono(), reason: "timeout" });
      return;
    }
    if (!knobs.isAmplifierMeasured) return;
    if (offered.includes("amplifier.level"))
      registers.set("amplifier.level", isHeard() ? knobs.amplifierDb : -90);
    if (offered.includes("speakerLine.current"))
      registers.set("speakerLine.current", isHeard() ? knobs.lineCurrentA : 0);
    const readings = new Map<Capability, number | null>([...registers, ...knobs.readings]);
    const values = [...readings].map(
      ([capability, value]): PointValue =>
        value === null ? { capability, quality: "invalid" } : { capability, quality: "good", value },
    );
    post({ kind: "device-values", device: ONLY_DEVICE, at: mono(), values });
  }

  function answer(sequence: SequenceName): void {
    const outcome = knobs.ran(sequence);
    if (outcome === null) return;
    post({ kind: "device-ran", device: ONLY_DEVICE, at: mono(), sequence, outcome, step: 0 });
  }

  function poll(): void {
    after(POLL_MS, () => {
      look();
      poll();
    });
  }

  return {
    registers,
    /** Sequences that were asked for. */
    ran,
    write: (capability: Capability, value: number) => after(WRITE_MS, () => write(capability, value)),
    lookNow: () => after(LOOK_MS, look),
    run(name: SequenceName) {
      ran.push({ name, at: now() });
      after(SEQUENCE_MS, () => answer(name));
    },
    poll,
  };
}
