import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import type { Emergency } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";
import { now } from "../live/clock.ts";
import { mayRaise } from "../live/may-raise.ts";
import { EmergencyForm } from "../parts/emergency-form.tsx";
import { Loaded } from "../parts/loaded.tsx";
import { useTallied } from "../parts/use-tallied.ts";
import { Callout, Icon } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";
import { formFromEmergency } from "../view/emergency-form.ts";

/** What takes the place of an emergency in force: approved like every other, then said instead of it. */
export function UpdatePage({ id }: { readonly id: EmergencyId }): VNode {
  const answer = useTallied(id);
  return (
    <div class="form-page emergencies-page">
      <a href={linkTo({ page: "emergencies" })}>← {t.value.emergency.back}</a>
      <h1>{t.value.emergency.updateTitle}</h1>
      <Loaded from={answer}>{({ emergency }) => <Update emergency={emergency} />}</Loaded>
    </div>
  );
}

function Update({ emergency }: { readonly emergency: Emergency }): VNode {
  const words = t.value.emergency;
  if (emergency.standing !== "in-force" || !mayRaise()) {
    return (
      <Callout variant="neutral">
        <Icon slot="icon" name="help" />
        {mayRaise() ? words.updateOver : words.mayNot}
      </Callout>
    );
  }
  return (
    <>
      <p>
        <strong>{words.updateOf(emergency.headline)}</strong>
      </p>
      <p class="quiet">{words.updateExplain}</p>
      <EmergencyForm begun={formFromEmergency(emergency, now.value)} />
    </>
  );
}
