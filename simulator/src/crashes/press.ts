import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { isAnsweredSoon, OPERATORS, type VirtualWorld } from "../virtual/virtual-world.ts";

/** Dies so many turns of its event loop after the request came in. */
export interface DeathMidRequest {
  readonly turns: number;
  kill(): void;
}

/** Nobody waits longer for an answer. */
const PATIENCE_MS = 2 * SECOND_MS;
const STEP_MS = 5;
/** Then nobody answers any more, which is a fault of its own. */
const MAX_PRESSES = 400;

/** Whoever gets no answer looks whether it was done, and presses again. */
export async function press(
  world: VirtualWorld,
  request: () => Promise<unknown>,
  isDone: () => boolean,
  death: DeathMidRequest | null,
): Promise<void> {
  const { time, controller } = world;
  if (death !== null && controller.isOn) {
    await answered(world, signedIn(world));
    const cut = request().catch(() => undefined);
    for (let turn = 0; turn < death.turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    death.kill();
    await isAnsweredSoon(cut);
  }
  for (let presses = 0; !isDone(); presses += 1) {
    if (presses === MAX_PRESSES) throw new Error("pressed again and again, and nothing was done");
    if (controller.isOn) await answered(world, signedIn(world).then(request));
    if (!isDone()) await time.runUntil(time.now() + SECOND_MS);
  }
}

async function signedIn({ operator }: VirtualWorld): Promise<void> {
  const [{ name, password }] = OPERATORS;
  await operator.signIn(name, password);
}

/** The world goes on meanwhile; whoever is killed leaves it unanswered. */
async function answered({ time }: VirtualWorld, promise: Promise<unknown>): Promise<void> {
  const settled = promise.catch(() => undefined);
  const until = time.now() + PATIENCE_MS;
  while (!(await isAnsweredSoon(settled)) && time.now() < until) await time.runUntil(time.now() + STEP_MS);
}
