import { areaId, type BoxId, type CommandId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { ackBody } from "@loa/shared/wire/bodies.ts";
import { PROVINCE_ID } from "../province-plan.ts";
import { contentsOf } from "../virtual/message-check.ts";
import { createNewsroom, type Newsroom } from "../virtual/newsroom.ts";
import { A_MONDAY, createVirtualWorld, type VirtualWorld } from "../virtual/virtual-world.ts";
import { type BookedEmergency, emergenciesIn, stopIn, waitingIn } from "./books.ts";
import { type End, problemsOf } from "./crash-checks.ts";
import { type CrashScript, drawScript } from "./crash-script.ts";
import { createKiller, type Killer } from "./killer.ts";
import { type DeathMidRequest, press } from "./press.ts";

export interface CrashResult {
  readonly seed: string;
  readonly script: CrashScript;
  /** How many really died. */
  readonly kills: number;
  /** Boxes times emergencies that were looked at. */
  readonly looks: number;
  readonly problems: readonly string[];
  readonly traceHash: string;
}

const province = areaId.parse(PROVINCE_ID);
const BEGIN_MS = 10 * HOUR_MS;
/** Everybody is connected and has been told the time. */
const SETTLE_MS = 2 * MINUTE_MS;
const LIFE_MIN = 30;
/** After the last kill, until whoever was off is back and has said it all. */
const AFTERWARDS_MS = 8 * MINUTE_MS;
/** Another one is raised so long after a STOP. */
const AFTER_STOP_MS = 5 * SECOND_MS;

/** Raises an emergency in a small province, kills what the seed draws, lets all come back, and looks at who said what. */
export async function crashRun(seed: string): Promise<CrashResult> {
  const script = drawScript(seed);
  const world = await createVirtualWorld({ seed, boxes: script.boxes, beginsAt: plus(A_MONDAY, BEGIN_MS) });
  const { time, controller, trace } = world;
  try {
    const acceptedAt = overhearAcks(world);
    const killer = createKiller(world);
    await time.runUntil(time.now() + SETTLE_MS);
    const from = time.now() + SECOND_MS;
    killer.plan(from, script.kills);
    await time.runUntil(from);
    const ended = await live(world, script, killer, from);
    await time.runUntil(Math.max(time.now(), killer.lastBackAt()) + AFTERWARDS_MS);
    const booked = emergenciesIn(controller);
    const problems = booked.flatMap((one) =>
      world.boxes.flatMap(({ machine }) =>
        problemsOf({
          box: machine.id,
          emergency: one.emergency,
          stretches: machine.loudspeaker.stretches,
          deaths: killer.deathsOf(machine.id),
          end: endOf(ended, one, (command) => acceptedAt(command, machine.id)),
        }),
      ),
    );
    return {
      ...{ seed, script, kills: killer.count(), looks: booked.length * world.boxes.length },
      problems: [...problems, ...waitingIn(controller)],
      traceHash: trace.hash(),
    };
  } finally {
    controller.database.close();
  }
}

/** What ended the first emergency, and when that was on the disk of the control room. */
interface Ended {
  readonly first: BookedEmergency;
  readonly command: CommandId;
  readonly at: number;
}

/** What the people do: they raise it, end it as the script says, and raise another one after a STOP. */
async function live(
  world: VirtualWorld,
  script: CrashScript,
  killer: Killer,
  from: number,
): Promise<Ended | null> {
  const { time } = world;
  const newsroom = createNewsroom(world);
  const { ending } = script;
  await raise(world, newsroom, script, deathIn(script, "raise", killer));
  if (ending.kind === "none") return null;
  await time.runUntil(Math.max(time.now(), from + ending.atMs));
  const ended = await end(world, newsroom, ending.kind, deathIn(script, "end", killer));
  if (ending.kind === "cancel") return ended;
  await time.runUntil(time.now() + AFTER_STOP_MS);
  await raise(world, newsroom, script, null);
  return ended;
}

async function raise(
  world: VirtualWorld,
  newsroom: Newsroom,
  { times, gapS }: CrashScript,
  death: DeathMidRequest | null,
): Promise<void> {
  const before = emergenciesIn(world.controller).length;
  const draft = { area: province, severity: "actual", messageMs: null, durationMin: LIFE_MIN } as const;
  const request = () => newsroom.raise({ ...draft, times, gapS });
  await press(world, request, () => emergenciesIn(world.controller).length > before, death);
}

async function end(
  world: VirtualWorld,
  newsroom: Newsroom,
  kind: "cancel" | "stop",
  death: DeathMidRequest | null,
): Promise<Ended> {
  const { controller, time } = world;
  const first = () => {
    const [one] = emergenciesIn(controller);
    if (one === undefined) throw new Error("nothing was raised");
    return one;
  };
  const { emergency } = first();
  const request =
    kind === "cancel"
      ? () => newsroom.cancel({ emergency, area: province, corrects: null })
      : () => newsroom.stop(province);
  const command = () => (kind === "cancel" ? first().cancelCommand : stopIn(controller));
  await press(world, request, () => command() !== null, death);
  const ender = command();
  if (ender === null) throw new Error("it was ended and is not");
  return { first: first(), command: ender, at: time.now() };
}

function deathIn({ kills }: CrashScript, request: "raise" | "end", killer: Killer): DeathMidRequest | null {
  for (const kill of kills) {
    if (kill.what !== "controller-mid-request" || kill.request !== request) continue;
    return { turns: kill.turns, kill: () => killer.killController(kill.downMs) };
  }
  return null;
}

/** When a box first said that it has a command. */
function overhearAcks({ network, time }: VirtualWorld): (command: CommandId, box: BoxId) => number | null {
  const accepted = new Map<string, number>();
  network.overhear((direction, box, topic, payload) => {
    if (direction !== "up" || !topic.endsWith("/ack")) return;
    const body = ackBody.safeParse(contentsOf(payload)?.body);
    if (!body.success || body.data.state !== "accepted") return;
    const key = `${body.data.command} ${box}`;
    if (!accepted.has(key)) accepted.set(key, time.now());
  });
  return (command, box) => accepted.get(`${command} ${box}`) ?? null;
}

function endOf(
  ended: Ended | null,
  { emergency, command }: BookedEmergency,
  acceptedAt: (command: CommandId) => number | null,
): End | null {
  if (ended === null || ended.first.emergency.id !== emergency.id) return null;
  return { at: ended.at, knownAt: acceptedAt(ended.command), raiseKnownAt: acceptedAt(command) };
}
