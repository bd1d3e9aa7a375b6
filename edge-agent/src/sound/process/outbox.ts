import type { EngineMessage } from "./messages.ts";

/** More unsent messages than this, and the agent stands still: what is only of the moment is left out. */
const MOMENTARY_LIMIT = 64;
/** Hours of starts and ends; an agent that takes none of them is as good as gone. */
const LIMIT = 5_000;

/** Sends messages until the agent does not take them any more: a stalled agent costs the engine no memory without end. */
export function createOutbox(
  send: (message: EngineMessage, done: () => void) => void,
  onOverflow: () => void,
): (message: EngineMessage) => void {
  let unsent = 0;
  return (message) => {
    if (unsent >= MOMENTARY_LIMIT && isMomentary(message)) return;
    if (unsent >= LIMIT) {
      onOverflow();
      return;
    }
    unsent += 1;
    send(message, () => {
      unsent -= 1;
    });
  };
}

function isMomentary(message: EngineMessage): boolean {
  return message.kind === "beat" || (message.kind === "report" && message.report.kind === "level");
}
