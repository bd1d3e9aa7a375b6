import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { AttemptKind, AttemptLimits, Budget } from "../attempt-limits.ts";

/** `free` attempts, then a wait that begins at `firstWaitS` and doubles with each further one up to `longestWaitS`. */
interface Slowing {
  readonly free: number;
  readonly firstWaitS: number;
  readonly longestWaitS: number;
  /** Attempts are forgotten after this. */
  readonly memoryS: number;
}

const slowing = {
  "sign-in": { free: 5, firstWaitS: 5, longestWaitS: 900, memoryS: 3_600 },
  /** Looser: a whole commune may stand behind one address. */
  "sign-in-address": { free: 40, firstWaitS: 5, longestWaitS: 900, memoryS: 3_600 },
  /** Apart: whoever guesses passwords there does not hold up those who come with a key, such as to approve. */
  "passkey-address": { free: 40, firstWaitS: 5, longestWaitS: 60, memoryS: 3_600 },
  enrol: { free: 10, firstWaitS: 10, longestWaitS: 900, memoryS: 3_600 },
  renew: { free: 10, firstWaitS: 10, longestWaitS: 900, memoryS: 3_600 },
  "alert-token": { free: 10, firstWaitS: 10, longestWaitS: 900, memoryS: 3_600 },
  content: { free: 20, firstWaitS: 5, longestWaitS: 300, memoryS: 600 },
} as const satisfies Record<AttemptKind, Slowing>;

/** Requests in a minute. A page asks some 30; an address may be a whole province behind one proxy. */
const budgets = {
  account: 1_200,
  area: 12_000,
  address: 30_000,
  /** Of one person: texts that are read aloud, which cost a second each. */
  speech: 30,
  "emergency-account": 240,
  "emergency-area": 2_400,
  "emergency-address": 6_000,
} as const satisfies Record<Budget, number>;
const BUDGET_S = 60;

/** Kept in memory: a restart forgives, which costs a guesser more than it gives. */
export function memoryLimits(): AttemptLimits {
  const counters = limiters((kind) => slowing[kind].memoryS);
  const waits = limiters((kind) => slowing[kind].longestWaitS);
  const spending = new Map(
    Object.entries(budgets).map(([budget, points]) => [
      budget,
      new RateLimiterMemory({ points, duration: BUDGET_S }),
    ]),
  );
  return {
    async waitMs(kind, keys) {
      const found = await Promise.all(keys.map((key) => waits[kind].get(key)));
      return Math.max(0, ...found.map((one) => one?.msBeforeNext ?? 0));
    },
    async failed(kind, keys) {
      for (const key of keys) {
        const { consumedPoints } = await counters[kind].penalty(key);
        const seconds = waitAfter(slowing[kind], consumedPoints);
        if (seconds > 0) await waits[kind].block(key, seconds);
      }
    },
    async succeeded(kind, keys) {
      for (const key of keys) {
        await counters[kind].delete(key);
        await waits[kind].delete(key);
      }
    },
    async spend(budget, keys) {
      const left = await Promise.allSettled(keys.map((key) => spending.get(budget)?.consume(key)));
      return Math.max(0, ...left.map((one) => (one.status === "rejected" ? waitOf(one.reason) : 0)));
    },
  };
}

/** The library refuses by throwing how long to wait. */
function waitOf(refusal: unknown): number {
  if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext);
  throw refusal;
}

function waitAfter({ free, firstWaitS, longestWaitS }: Slowing, attempts: number): number {
  return attempts < free ? 0 : Math.min(longestWaitS, firstWaitS * 2 ** (attempts - free));
}

function limiters(durationOf: (kind: AttemptKind) => number): Record<AttemptKind, RateLimiterAbstract> {
  const one = (kind: AttemptKind) =>
    new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: durationOf(kind) });
  return {
    "sign-in": one("sign-in"),
    "sign-in-address": one("sign-in-address"),
    "passkey-address": one("passkey-address"),
    enrol: one("enrol"),
    renew: one("renew"),
    content: one("content"),
    "alert-token": one("alert-token"),
  };
}
