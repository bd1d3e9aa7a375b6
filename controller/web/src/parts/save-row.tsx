import type { VNode } from "preact";
import { type StateUpdater, useState } from "preact/hooks";
import type { Answer, Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { Refusal } from "./loaded.tsx";
import { Mark } from "./mark.tsx";
import { Button } from "./web-awesome.tsx";

/** What became of the last press on «save». */
export type Saving =
  | { readonly kind: "no" }
  | { readonly kind: "busy" }
  | { readonly kind: "saved" }
  | { readonly kind: "refused"; readonly problem: Problem };

export function useSaving(): readonly [
  Saving,
  (call: Promise<Answer<unknown>>) => Promise<void>,
  (next: StateUpdater<Saving>) => void,
] {
  const [saving, setSaving] = useState<Saving>({ kind: "no" });
  const save = async (call: Promise<Answer<unknown>>) => {
    setSaving({ kind: "busy" });
    const answer = await call;
    setSaving(answer.ok ? { kind: "saved" } : { kind: "refused", problem: answer.error });
  };
  return [saving, save, setSaving];
}

export function SaveRow({
  saving,
  mistake,
  onSave,
}: {
  readonly saving: Saving;
  /** Why it cannot be saved as it stands; null: it can. */
  readonly mistake: string | null;
  readonly onSave: () => void;
}): VNode {
  return (
    <>
      {mistake !== null && <Mark tone="bad" icon="cross" text={mistake} />}
      {saving.kind === "refused" && <Refusal problem={saving.problem} />}
      <div class="actions" role="status">
        <Button variant="brand" disabled={mistake !== null} loading={saving.kind === "busy"} onClick={onSave}>
          {t.value.levels.save}
        </Button>
        {saving.kind === "saved" && <Mark tone="good" icon="check" text={t.value.levels.saved} />}
      </div>
    </>
  );
}

/** Whose word holds in an area that says nothing itself. */
export function sayFrom(area: string | null): string {
  const words = t.value.levels;
  return area === null ? words.fromNobody : words.from(area);
}
