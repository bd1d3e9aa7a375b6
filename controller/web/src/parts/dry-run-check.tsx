import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import { type AirProblem, type DryRun, refusedSchedule } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { go } from "../router.ts";
import type { RecurrenceForm } from "../view/recurrence-form.ts";
import { type ContentForm, permissionOf, type WishState, wishOf } from "../view/schedule-wish.ts";
import { AirProblems, DryRunAnswer } from "./dry-run-answer.tsx";
import { Refusal } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button, Icon } from "./web-awesome.tsx";

interface CheckProps {
  readonly content: ContentForm;
  readonly times: RecurrenceForm;
}

/** The dry run comes before the confirm: what would play, where, and what stands against it. */
export function DryRunCheck({ content, times }: CheckProps): VNode {
  const [found, setFound] = useState<DryRun | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<"no" | "checking" | "creating">("no");
  // A change of the form makes the last check a check of something else.
  useEffect(() => {
    setFound(null);
    setProblem(null);
  }, [content, times]);
  const state = wishOf(content, times, now.value);
  const check = async () => {
    const asked = wishOf(content, times, now.peek());
    if (asked.kind !== "complete") return;
    setBusy("checking");
    const answer = await calls.dryRun(asked.wish);
    setBusy("no");
    setFound(answer.ok ? answer.value : null);
    setProblem(answer.ok ? null : answer.error);
  };
  const create = async () => {
    const asked = wishOf(content, times, now.peek());
    if (asked.kind !== "complete" || found === null) return;
    setBusy("creating");
    const wish =
      permissionOf(found) === "with-exception" ? { ...asked.wish, askException: true } : asked.wish;
    const answer = await calls.createSchedule(wish);
    setBusy("no");
    if (answer.ok) go({ page: "schedule", id: answer.value.schedule.id });
    else setProblem(answer.error);
  };
  return (
    <>
      <Standing state={state} />
      <div class="actions">
        <Button
          variant={found === null ? "brand" : "neutral"}
          appearance={found === null ? "accent" : "outlined"}
          disabled={state.kind !== "complete"}
          loading={busy === "checking"}
          onClick={() => void check()}
        >
          {t.value.broadcast.check}
        </Button>
      </div>
      {problem !== null && <Refusal problem={problem} />}
      {problem !== null && <AirProblems problems={problemsIn(problem)} />}
      {found !== null && (
        <>
          <DryRunAnswer found={found} />
          <CreateButton
            found={found}
            times={times}
            isBusy={busy === "creating"}
            onCreate={() => void create()}
          />
        </>
      )}
    </>
  );
}

function problemsIn(problem: Problem): readonly AirProblem[] {
  const parsed = refusedSchedule.safeParse(problem.body);
  return parsed.success ? parsed.data.problems : [];
}

function Standing({ state }: { readonly state: WishState }): VNode | null {
  if (state.kind === "incomplete") return <p class="quiet">{t.value.broadcast.checkFirst}</p>;
  if (state.kind === "mistake") {
    return <Mark tone="bad" icon="cross" text={t.value.words.formMistake[state.mistake]} />;
  }
  return null;
}

function CreateButton({
  found,
  times,
  isBusy,
  onCreate,
}: {
  readonly found: DryRun;
  readonly times: RecurrenceForm;
  readonly isBusy: boolean;
  readonly onCreate: () => void;
}): VNode | null {
  const words = t.value.broadcast;
  const permission = permissionOf(found);
  if (permission === "no") return null;
  const plain = times.mode === "soon" ? words.createNow(times.soonSeconds) : words.create;
  return (
    <div class="actions">
      <Button
        variant={permission === "free" ? "success" : "warning"}
        size="l"
        loading={isBusy}
        onClick={onCreate}
      >
        <Icon slot="start" name="play" />
        {permission === "free" ? plain : words.createException}
      </Button>
    </div>
  );
}
