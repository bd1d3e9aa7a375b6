import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import { ok } from "@loa/shared/kernel/result.ts";
import { useRef } from "preact/hooks";
import * as calls from "../api/emergency-calls.ts";
import type { Tallied } from "../api/emergency-shapes.ts";
import { type Loading, useAnswer } from "./loaded.tsx";

/** Up to so many clusters come by name with every question. */
const NAMED_EACH_TIME = 300;
/** Of more, the figures come with every question, and the names with every tenth. */
const NAMES_EVERY = 10;

/** The tally of an emergency, asked for again and again: the names of a whole province are megabytes. */
export function useTallied(id: EmergencyId): Loading<Tallied> {
  const known = useRef<Tallied | null>(null);
  const asked = useRef(0);
  return useAnswer(async () => {
    const before = known.current;
    const isDue = asked.current % NAMES_EVERY === 0;
    asked.current += 1;
    const isNamed = before === null || isDue || before.tally.targeted <= NAMED_EACH_TIME;
    const answer = await calls.emergency(id, isNamed ? "all" : "none");
    if (!answer.ok) return answer;
    const tallied = isNamed ? answer.value : { ...answer.value, boxes: before.boxes };
    known.current = tallied;
    return ok(tallied);
  }, [id]);
}
