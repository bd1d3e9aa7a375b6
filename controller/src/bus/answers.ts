import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { asMonotonic, type MonotonicMs, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type Outgoing, toBox } from "@loa/shared/wire/topics.ts";
import type { Letter, Seal } from "./sealing.ts";

/**
 * What the controller answers without an outbox row, because the box asks again by itself: signed time, and how far
 * its events are stored. Of each at most one a second and box; the newest wins.
 */
export interface Answers {
  time(box: BoxId, nonce: string): void;
  received(box: BoxId, stream: string, upTo: number): void;
  forget(box: BoxId): void;
  close(): void;
}

const ANSWER_PAUSE_MS = SECOND_MS;

/** Written at the moment of sending: time that waited would be wrong. */
type Answer = () => Pick<Letter, "kind" | "body">;

/** Answers of one kind to one box. */
interface Line {
  readonly box: BoxId;
  lastAt: MonotonicMs;
  waiting: Answer | null;
  isArmed: boolean;
}

export function createAnswers(
  clock: Clock,
  timers: Timers,
  seal: Seal,
  send: (message: Outgoing) => void,
): Answers {
  const lines = { time: new Map<BoxId, Line>(), received: new Map<BoxId, Line>() };
  const cancels = new Set<() => void>();

  function say(box: BoxId, about: keyof typeof lines, answer: Answer): void {
    const line = lines[about].get(box) ?? newLine(box);
    lines[about].set(box, line);
    line.waiting = answer;
    if (!line.isArmed) deliver(line);
  }

  function deliver(line: Line): void {
    if (line.waiting === null) return;
    const now = clock.monotonic();
    const pauseMs = line.lastAt + ANSWER_PAUSE_MS - now;
    const { kind, body } = line.waiting();
    const audience = { box: line.box };
    const payload = pauseMs > 0 ? null : seal({ kind, audience, body, command: null, expiresAt: null });
    if (payload === null) {
      deliverIn(line, pauseMs > 0 ? Math.ceil(pauseMs) : ANSWER_PAUSE_MS);
      return;
    }
    line.waiting = null;
    line.lastAt = now;
    send(toBox(line.box, "command", payload));
  }

  function deliverIn(line: Line, delayMs: number): void {
    line.isArmed = true;
    const cancel = timers.after(delayMs, () => {
      cancels.delete(cancel);
      line.isArmed = false;
      deliver(line);
    });
    cancels.add(cancel);
  }

  return {
    time: (box, nonce) => say(box, "time", () => ({ kind: "time", body: { nonce, at: clock.now() } })),
    received: (box, stream, upTo) =>
      say(box, "received", () => ({ kind: "received", body: { stream, upTo } })),
    forget(box) {
      lines.time.delete(box);
      lines.received.delete(box);
    },
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}

function newLine(box: BoxId): Line {
  return { box, lastAt: asMonotonic(-ANSWER_PAUSE_MS), waiting: null, isArmed: false };
}
