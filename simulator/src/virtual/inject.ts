import { assertNever } from "@loa/shared/kernel/result.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { BoxFault, WorldFault } from "./faults.ts";
import type { Trace } from "./trace.ts";
import type { VirtualBox } from "./virtual-box.ts";
import type { VirtualController } from "./virtual-controller.ts";
import { GOOD_LINK } from "./virtual-link.ts";
import type { VirtualNetwork } from "./virtual-network.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface FaultTargets {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly network: VirtualNetwork;
  readonly controller: VirtualController;
  readonly boxOf: (fault: BoxFault) => VirtualBox;
}

type AmplifierFault = Extract<BoxFault, { kind: "amplifier" }>;

/** What is wrong with each amplifier just now, in the order in which it began. */
type AmplifierFaults = Map<VirtualBox, readonly AmplifierFault[]>;

/**
 * Puts the faults into the world's future. Where two of a kind overlap on a box, the first end ends both; an amplifier
 * has several side by side, and each ends by itself.
 */
export function injectFaults(targets: FaultTargets, faults: readonly WorldFault[]): void {
  const amplifiers: AmplifierFaults = new Map();
  for (const fault of faults) targets.time.at(fault.at, () => begin(targets, amplifiers, fault));
}

function begin(targets: FaultTargets, amplifiers: AmplifierFaults, fault: WorldFault): void | Promise<void> {
  const { time, trace, network, controller } = targets;
  trace.note(time.now(), "fault", JSON.stringify(fault));
  switch (fault.kind) {
    case "broker-restart":
      network.restartBroker();
      return undefined;
    case "controller-kill":
      controller.kill();
      time.after(fault.forMs, () => controller.start());
      return undefined;
    default: {
      const box = targets.boxOf(fault);
      const end = fault.kind === "amplifier" ? spoil(amplifiers, box, fault) : beginOnBox(time, box, fault);
      time.after(fault.forMs, end);
      return undefined;
    }
  }
}

/** Answers what ends it. */
function spoil(amplifiers: AmplifierFaults, box: VirtualBox, fault: AmplifierFault): () => void {
  const change = (next: readonly AmplifierFault[]) => {
    amplifiers.set(box, next);
    box.amplifier.setFaults(next.map((one) => one.fault));
  };
  change([...(amplifiers.get(box) ?? []), fault]);
  return () => change((amplifiers.get(box) ?? []).filter((one) => one !== fault));
}

/** Answers what ends it. */
function beginOnBox(
  time: VirtualTime,
  box: VirtualBox,
  fault: Exclude<BoxFault, AmplifierFault> & { readonly forMs: number },
): () => void {
  const bootAgain = () => {
    if (!box.isOn) box.boot();
  };
  switch (fault.kind) {
    case "power-cut":
      box.cutPower();
      return bootAgain;
    case "power-cut-at-commit":
      box.cutPowerAtCommit(fault.moment, () => time.after(5 * SECOND_MS, bootAgain));
      return () => {
        box.disk.onCommit = () => undefined;
        bootAgain();
      };
    case "bad-link":
      box.link.quality = {
        latencyMs: 300,
        jitterMs: 100,
        lossRate: fault.lossRate,
        doubleRate: fault.doubleRate,
        lateRate: fault.lateRate,
        lateMs: 90 * SECOND_MS,
      };
      return () => {
        box.link.quality = GOOD_LINK;
      };
    case "partition":
      box.link.setCut(fault.cut);
      return () => box.link.setCut("none");
    case "clock-1970":
      box.troubles.areTimeServersSilent = true;
      box.cutPower();
      box.boot({ wallIs1970: true });
      return () => {
        box.troubles.areTimeServersSilent = false;
      };
    case "clock-jump":
      box.troubles.areTimeServersSilent = true;
      box.clock.stepWall(fault.byMs);
      return () => {
        box.troubles.areTimeServersSilent = false;
      };
    case "disk":
      box.disk.failure = fault.failure;
      return () => {
        box.disk.failure = null;
      };
    case "content":
      box.folder.trouble = fault.trouble;
      return () => {
        box.folder.trouble = null;
      };
    case "player":
      box.loudspeaker.failure = fault.failure;
      return () => {
        box.loudspeaker.failure = null;
      };
    case "relays-lost":
      box.loudspeaker.setRelaysLost(true);
      return () => box.loudspeaker.setRelaysLost(false);
    default:
      return assertNever(fault);
  }
}
