import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import { fromWav, type Recording } from "../golden-ear/recording.ts";
import { type Desk, type ListedBox, openDesk } from "./desk.ts";
import { type OwnProcess, startOwn } from "./own-process.ts";

/** What `npm start` starts, as a process of its own, seen by its operator. */
export interface ProvinceProcess {
  readonly process: OwnProcess;
  readonly origin: string;
  readonly user: string;
  readonly password: string;
  readonly desk: Desk;
  /** Boxes and what was scripted to be wrong with them. */
  troubles(): Promise<ReadonlyMap<BoxId, string>>;
  /** The last `seconds` (at most 60) of what a loudspeaker gave, on the wall clock. */
  heard(box: BoxId, seconds: number): Promise<Recording>;
}

const START_LIMIT_MS = 100_000;
const simBoxes = z.object({ boxes: z.array(z.object({ boxId: z.string(), trouble: z.string() })) });

export async function startProvinceProcess(
  dataFolder: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ProvinceProcess> {
  const ports = args.includes("--http-port") ? [] : ["--http-port", "0", "--mqtt-port", "0"];
  const started = startOwn("simulator/src/main.ts", { args: ["--data", dataFolder, ...ports, ...args], env });
  try {
    return await enter(started);
  } catch (error) {
    await started.stop();
    throw error;
  }
}

async function enter(started: OwnProcess): Promise<ProvinceProcess> {
  const said = async (word: string) => {
    const [, value = ""] = await started.says(new RegExp(`^ *${word} +(\\S+)`, "m"), START_LIMIT_MS);
    return value;
  };
  const origin = await said("page");
  const user = await said("sign in");
  const password = await said("password");
  const desk = await openDesk(origin, user, password);
  return {
    process: started,
    origin,
    user,
    password,
    desk,
    async troubles() {
      const { boxes } = await desk.operator.do("GET", "/sim/boxes", simBoxes);
      return new Map(boxes.map(({ boxId, trouble }) => [boxId as BoxId, trouble]));
    },
    async heard(box, seconds) {
      const ask = () =>
        fetch(`${origin}/listen/${box}/last.wav?seconds=${seconds}`, {
          headers: { cookie: desk.operator.cookie() },
        });
      // The server may have closed the idle connection at the moment at which it was used again.
      const answer = await ask().catch(ask);
      if (!answer.ok) throw new Error(`no sound of ${box}: ${answer.status}`);
      const firstSampleAt = Number(answer.headers.get("x-first-sample-at"));
      return fromWav(new Uint8Array(await answer.arrayBuffer()), firstSampleAt);
    },
  };
}

/**
 * Whether a box is as far as it can come: ready for its next session, or with its scripted trouble there for everybody
 * to see. A dead amplifier is a critical fault and a box that says it is not ready; a wrong clock and a network that
 * is cut later hinder nobody from becoming ready first.
 */
export function isUp(box: ListedBox, trouble: string): boolean {
  if (box.presence.state !== "online") return false;
  if (trouble !== "dead-amplifier") return box.readiness.state === "ready";
  return box.readiness.state === "not-ready" && box.faults.some(({ severity }) => severity === "critical");
}
