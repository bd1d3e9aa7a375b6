import { join } from "node:path";
import { readIdentity } from "@loa/edge-agent/adapters/identity-store.ts";
import { type Box, openBox } from "@loa/edge-agent/box.ts";
import { createSound } from "@loa/edge-agent/sound/create-sound.ts";
import type { Notices } from "@loa/edge-agent/sound/notice.ts";
import { createRingBufferSink, type RingBufferSink } from "@loa/edge-agent/sound/sinks/ring-buffer.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import { ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { asInstant, HOUR_MS } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import type { DeviceFault } from "../virtual-device/device-fault.ts";
import { layCable } from "./cable.ts";
import { startLiveAmplifier } from "./live-amplifier.ts";
import type { LiveBoxSpec } from "./live-box-spec.ts";
import { createOutputMeter } from "./output-meter.ts";

/** A box of the live province: the real agent out of its real parts, with a virtual amplifier and loudspeaker. */
export interface LiveBox {
  readonly id: BoxId;
  /** Null while the power is off. */
  sink(): RingBufferSink | null;
  /** These and no others. */
  setFaults(faults: readonly DeviceFault[]): void;
  setNetwork(isUp: boolean): void;
  setPower(isOn: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface LiveBoxSurroundings {
  readonly profile: Profile;
  readonly ffmpegPath: string;
  /** All boxes of a process say the same words. */
  readonly notices: Notices;
  readonly log: Log;
}

/** How much of the sound is kept for `last.wav` and for tests. */
const KEPT_SECONDS = 60;
const CONTENT_BUDGET_BYTES = 512 * 1024 * 1024;
/** A clock that somebody set to the wrong time zone and day. */
const WRONG_CLOCK_MS = -31 * HOUR_MS;

export async function openLiveBox(spec: LiveBoxSpec, around: LiveBoxSurroundings): Promise<LiveBox> {
  const { profile, ffmpegPath, log } = around;
  const identity = readIdentity(spec.folder);
  if (identity === null) throw new Error(`${spec.folder}: this box was never enrolled`);
  const mqtt = await layCable(spec.mqttPort);
  const http = await layCable(spec.httpPort);
  const meter = createOutputMeter();
  const amplifier = await startLiveAmplifier({
    profile,
    meter: meter.read,
    clock: nodeClock,
    timers: nodeTimers,
    seed: spec.seed,
  });
  const isWrongClock = spec.trouble === "wrong-clock";
  const clock = isWrongClock ? shifted(nodeClock, WRONG_CLOCK_MS) : nodeClock;
  let running: { readonly box: Box; readonly sink: RingBufferSink } | null = null;

  function start(): void {
    const sink = createRingBufferSink({ clock: nodeClock, seconds: KEPT_SECONDS });
    sink.onBlock(meter.add);
    const box = openBox({
      folder: join(spec.folder, "disk"),
      identity: {
        ...identityOf(),
        mqttUrl: `mqtt://127.0.0.1:${mqtt.port}`,
        contentUrl: `http://127.0.0.1:${http.port}`,
      },
      identityFolder: spec.folder,
      cabinet: {
        devices: [{ alias: ONLY_DEVICE, profile, line: "amplifier" }],
        linkFor: () => amplifier.newLink(),
        gpioFor: ({ alias }) => {
          throw new Error(`${alias}: there are no pins here`);
        },
      },
      openSound: (needs) => createSound({ ...needs, sink, ffmpegPath, notices: around.notices }),
      contentBudgetBytes: CONTENT_BUDGET_BYTES,
      clockKeeper: isWrongClock ? "nobody" : "trusted",
      clock,
      log,
    });
    running = { box, sink };
  }

  function identityOf() {
    if (identity === null) throw new Error("never enrolled");
    return identity;
  }

  if (spec.trouble === "dead-amplifier") amplifier.setFault("dead");
  start();
  const setNetwork = (isUp: boolean) => {
    mqtt.setUp(isUp);
    http.setUp(isUp);
  };
  return {
    id: identity.box,
    sink: () => running?.sink ?? null,
    setFaults: (faults) => amplifier.setFaults(faults),
    setNetwork,
    async setPower(isOn) {
      if (isOn === (running !== null)) return;
      if (isOn) {
        setNetwork(true);
        start();
        return;
      }
      // The line dies first, so that nobody hears a good-bye.
      setNetwork(false);
      const stopped = running;
      running = null;
      await stopped?.box.close();
    },
    async close() {
      const stopped = running;
      running = null;
      await stopped?.box.close();
      await Promise.all([mqtt.close(), http.close(), amplifier.close()]);
    },
  };
}

/** A wall clock that is wrong by a constant; its seconds are right. */
function shifted(clock: Clock, byMs: number): Clock {
  return { now: () => asInstant(clock.now() + byMs), monotonic: clock.monotonic };
}
