import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { assertNever } from "@loa/shared/kernel/result.ts";
import type { VirtualBox } from "../virtual/virtual-box.ts";
import type { VirtualWorld } from "../virtual/virtual-world.ts";
import type { Kill } from "./crash-script.ts";

/** Carries out the kills of a script, and remembers what it killed. Times are world time, ms. */
export interface Killer {
  /** Those that have a time, counted from `from`. */
  plan(from: number, kills: readonly Kill[]): void;
  killController(downMs: number): void;
  deathsOf(box: BoxId): readonly number[];
  /** When all that it killed until now is on again. */
  lastBackAt(): number;
  count(): number;
}

interface Absence {
  readonly downMs: number;
  readonly engineMs: number;
}

export function createKiller(world: VirtualWorld): Killer {
  const { time, controller, network } = world;
  const deaths: { readonly box: BoxId; readonly at: number }[] = [];
  let count = 0;
  let backAt = 0;

  const noteDeath = ({ id }: VirtualBox) => {
    count += 1;
    deaths.push({ box: id, at: time.now() });
  };
  const back = (inMs: number, run: () => void | Promise<void>) => {
    backAt = Math.max(backAt, time.now() + inMs);
    time.after(inMs, run);
  };
  function killController(downMs: number): void {
    if (!controller.isOn) return;
    count += 1;
    controller.kill();
    back(downMs, () => controller.start());
  }
  function cutPower(box: VirtualBox, { downMs, engineMs }: Absence): void {
    if (!box.isOn) return;
    noteDeath(box);
    box.cutPower();
    back(downMs, () => {
      box.loudspeaker.engineFrom = time.now() + engineMs;
      if (!box.isOn) box.boot();
    });
  }
  function cutAtCommit(box: VirtualBox, moment: "before" | "after", absence: Absence): void {
    box.disk.onCommit = (at) => {
      if (at !== moment) return;
      box.disk.onCommit = () => undefined;
      cutPower(box, absence);
    };
  }
  const boxAt = (place: number): VirtualBox => {
    const found = world.boxes[place]?.machine;
    if (found === undefined) throw new Error(`no box ${place}`);
    return found;
  };

  function carryOut(kill: Kill): void {
    switch (kill.what) {
      case "controller":
        killController(kill.downMs);
        break;
      case "broker":
        if (controller.isOn) count += 1;
        network.restartBroker();
        break;
      case "agent": {
        const box = boxAt(kill.box);
        if (!box.isOn) break;
        noteDeath(box);
        box.loudspeaker.engineFrom = time.now() + kill.engineMs;
        box.crashAgent();
        break;
      }
      case "power":
        cutPower(boxAt(kill.box), kill);
        break;
      case "power-at-commit":
        cutAtCommit(boxAt(kill.box), kill.moment, kill);
        break;
      case "controller-mid-request":
        break;
      default:
        assertNever(kill);
    }
  }

  return {
    plan(from, kills) {
      for (const kill of kills) {
        if (kill.what !== "controller-mid-request") time.at(from + kill.atMs, () => carryOut(kill));
      }
    },
    killController,
    deathsOf: (box) => deaths.flatMap((one) => (one.box === box ? [one.at] : [])),
    lastBackAt: () => backAt,
    count: () => count,
  };
}
