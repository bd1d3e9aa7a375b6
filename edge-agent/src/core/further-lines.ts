import type { Capability } from "@loa/shared/device/capability.ts";
import { type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";

/**
 * Lines of the amplifier beside the plan's own. An emergency is heard on them as well, and never at the cost of the
 * plan's own: they come last, what they refuse holds nothing up and is no fault of a box that is heard, and when a line
 * is shorted they are left off, because it may be one that was taken out of use for that.
 */
export interface FurtherLines {
  /** The one of which a write is under way. */
  readonly asked: Capability | null;
  /** When those that did not obey are asked again. */
  readonly retryAt: ReadonlyMap<Capability, Instant>;
  /** Off until nothing is an emergency any more, whatever the line says by then: each try takes the sound away. */
  readonly isGivenUp: boolean;
}

export const NO_FURTHER: FurtherLines = { asked: null, retryAt: new Map(), isGivenUp: false };

/** Points that are up while a line is shorted; a protection that has tripped has mostly tripped over one. */
export const SHORT_POINTS = [
  "speakerLine.short",
  "amplifier.fault.short",
  "amplifier.fault.protection",
] as const satisfies readonly Capability[];

/** An emergency may be over within a minute, and a relay that is not there is not hammered at. */
const ASK_AGAIN_MS = 10 * SECOND_MS;

/** Every emergency tries all of them anew. */
export function withoutFurther(further: FurtherLines): FurtherLines {
  const isNew = further.retryAt.size === 0 && !further.isGivenUp;
  return isNew ? further : { ...NO_FURTHER, asked: further.asked };
}

/** What did not obey when it was switched on may be switched off at once. */
export function givenUp(further: FurtherLines): FurtherLines {
  return further.isGivenUp ? further : { ...NO_FURTHER, asked: further.asked, isGivenUp: true };
}

export function withAsked(further: FurtherLines, asked: Capability | null): FurtherLines {
  return further.asked === asked ? further : { ...further, asked };
}

/** What became of the write that was under way. */
export function afterAnswer(
  further: FurtherLines,
  line: Capability,
  isObeyed: boolean,
  at: Instant,
): FurtherLines {
  const retryAt = new Map(further.retryAt);
  if (isObeyed) retryAt.delete(line);
  else retryAt.set(line, plus(at, ASK_AGAIN_MS));
  return { ...further, asked: null, retryAt };
}

export function mayAsk({ retryAt }: FurtherLines, line: Capability, now: Instant): boolean {
  const at = retryAt.get(line);
  return at === undefined || now >= at;
}
