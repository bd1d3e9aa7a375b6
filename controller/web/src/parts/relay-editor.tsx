import type { RelayId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Answer, Problem } from "../api/http.ts";
import * as calls from "../api/sound-calls.ts";
import { usedBy } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { go } from "../router.ts";
import { type RelayForm, wishOfRelay } from "../view/relay-form.ts";
import { AreaSelect } from "./area-select.tsx";
import { AskFirst } from "./ask-first.tsx";
import { Refusal } from "./loaded.tsx";
import { RelaySourceFields } from "./relay-source-fields.tsx";
import { Button, Input, textOf } from "./web-awesome.tsx";

/** One relay, new or known. */
export function RelayEditor({
  known,
  initial,
}: {
  readonly known: RelayId | null;
  readonly initial: RelayForm;
}): VNode {
  const [form, setForm] = useState(initial);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const change = (part: Partial<RelayForm>) => setForm((old) => ({ ...old, ...part }));
  const words = t.value.relays;
  const wish = wishOfRelay(form);
  const act = async (call: Promise<Answer<unknown>>) => {
    setBusy(true);
    const answer = await call;
    setBusy(false);
    if (answer.ok) go({ page: "relays" });
    else setProblem(answer.error);
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (wish === null || form.area === null || isBusy) return;
    void act(known === null ? calls.createRelay(form.area, wish) : calls.changeRelay(known, wish));
  };
  return (
    <form class="panel step-body" onSubmit={save}>
      <Input
        label={words.name}
        hint={words.nameHint}
        required
        maxlength={200}
        value={form.title}
        onInput={(event) => change({ title: textOf(event) })}
      />
      {known === null && (
        <AreaSelect
          label={words.area}
          hint={words.areaHint}
          value={form.area}
          onChoose={(area) => change({ area })}
        />
      )}
      <RelaySourceFields form={form} onChange={change} />
      {problem !== null && <Refusal problem={problem} />}
      {problem !== null && <UsedBy problem={problem} />}
      {wish === null && <p class="quiet">{words.wrong}</p>}
      <div class="actions">
        <Button type="submit" variant="brand" disabled={wish === null} loading={isBusy}>
          {words.save}
        </Button>
        {known !== null && (
          <AskFirst
            label={words.remove}
            title={words.removeTitle}
            explain={words.removeExplain}
            onYes={() => void act(calls.withdrawRelay(known))}
          />
        )}
      </div>
    </form>
  );
}

function UsedBy({ problem }: { readonly problem: Problem }): VNode | null {
  const parsed = usedBy.safeParse(problem.body);
  if (!parsed.success) return null;
  return <p>{t.value.relays.usedBy(parsed.data.schedules.map((one) => one.title).join(", "))}</p>;
}
