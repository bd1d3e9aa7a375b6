import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "../api/http.ts";
import * as calls from "../api/sound-calls.ts";
import { t } from "../i18n/language.ts";
import { chosenArea } from "../live/choice.ts";
import { province } from "../live/fleet.ts";
import { AreaSelect } from "../parts/area-select.tsx";
import { Refusal } from "../parts/loaded.tsx";
import { AddParts } from "../parts/programme-add.tsx";
import { ProgrammeParts } from "../parts/programme-parts.tsx";
import { Button, Input, textOf } from "../parts/web-awesome.tsx";
import { go, linkTo } from "../router.ts";
import { type ProgrammePart, wishOfProgramme } from "../view/programme-form.ts";

export function NewProgrammePage(): VNode {
  const [title, setTitle] = useState("");
  const [chosen, setArea] = useState<AreaId | null>(chosenArea.value);
  const [parts, setParts] = useState<readonly ProgrammePart[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const words = t.value.programmes;
  const area = chosen ?? province.value?.id ?? null;
  const wish = wishOfProgramme({ title, area, parts });
  const save = async () => {
    if (wish === null || isBusy) return;
    setBusy(true);
    const answer = await calls.createProgramme(wish);
    setBusy(false);
    if (answer.ok) go({ page: "programmes" });
    else setProblem(answer.error);
  };
  return (
    <div class="form-page">
      <a href={linkTo({ page: "programmes" })}>← {words.back}</a>
      <h1>{words.new}</h1>
      <div class="panel step-body">
        <Input
          label={words.name}
          required
          maxlength={200}
          value={title}
          onInput={(event) => setTitle(textOf(event))}
        />
        <AreaSelect label={words.area} value={area} onChoose={setArea} />
      </div>
      <section class="panel step-body" aria-labelledby="parts">
        <h2 id="parts">{words.items}</h2>
        <ProgrammeParts parts={parts} onChange={setParts} />
        <AddParts area={area} onAdd={(part) => setParts((old) => [...old, part])} />
      </section>
      {problem !== null && <Refusal problem={problem} />}
      {wish === null && <p class="quiet">{words.incomplete}</p>}
      <div class="actions">
        <Button
          variant="brand"
          size="l"
          disabled={wish === null}
          loading={isBusy}
          onClick={() => void save()}
        >
          {words.save}
        </Button>
      </div>
    </div>
  );
}
