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

/** Puts the faults into the world's future. Where two of a kind overlap on a box, the first end ends both. */
export function injectFaults(targets: FaultTargets, faults: readonly WorldFault[]): void {
  for (const fault of faults) targets.time.at(fault.at, () => begin(targets, fault));
}

function begin(targets: FaultTargets, fault: WorldFault): void | Promise<void> {
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
      const end = beginOnBox(time, targets.boxOf(fault), fault);
      time.after(fault.forMs, end);
      return undefined;
    }
  }
}

/** Answers what ends it. */
function beginOnBox(
  time: VirtualTime,
  box: VirtualBox,
  fault: BoxFault & { readonly forMs: number },
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
    case "amplifier":
      box.amplifier.setFault(fault.fault);
      return () => box.amplifier.setFault(null);
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
