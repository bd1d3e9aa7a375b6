import type { VNode } from "preact";
import type { BoxDetail, BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { Mark } from "./mark.tsx";

export function Equipment({ detail, row }: { readonly detail: BoxDetail; readonly row: BoxRow }): VNode {
  const words = t.value.box;
  const { wantedRevision, appliedRevision, planProblem, clips } = row;
  const isBehind = wantedRevision !== appliedRevision;
  return (
    <section aria-labelledby="equipment">
      <h2 id="equipment">{words.device}</h2>
      <dl class="pairs">
        <dt>{words.profile}</dt>
        <dd>{detail.profile ?? t.value.state.notKnown}</dd>
        <dt>{words.version}</dt>
        <dd>{detail.agentVersion ?? t.value.state.notKnown}</dd>
        <dt>{words.plan}</dt>
        <dd>
          {isBehind ? (
            <Mark
              tone="warn"
              icon="clock"
              text={t.value.overview.planBehind(appliedRevision ?? 0, wantedRevision ?? 0)}
            />
          ) : (
            (appliedRevision ?? t.value.state.notKnown)
          )}
          {planProblem !== null && <Mark tone="bad" icon="cross" text={sayPlanProblem(planProblem)} />}
        </dd>
        <dt>{words.clips}</dt>
        <dd>{clips === null ? t.value.state.notKnown : words.clipsOf(clips.present, clips.wanted)}</dd>
      </dl>
    </section>
  );
}

function sayPlanProblem(code: string): string {
  return t.value.words.planProblem[code] ?? t.value.overview.planRefused(code);
}
