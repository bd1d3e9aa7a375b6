import type { RelayId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import * as calls from "../api/sound-calls.ts";
import { t } from "../i18n/language.ts";
import { chosenArea } from "../live/choice.ts";
import { province } from "../live/fleet.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { RelayEditor } from "../parts/relay-editor.tsx";
import { linkTo } from "../router.ts";
import { emptyRelay, formOfRelay } from "../view/relay-form.ts";

export function NewRelayPage(): VNode {
  const area = chosenArea.value ?? province.value?.id ?? null;
  return (
    <div class="form-page">
      <BackToRelays />
      <h1>{t.value.relays.new}</h1>
      {/* The areas come a moment after the page. */}
      <RelayEditor key={area ?? ""} known={null} initial={emptyRelay(area)} />
    </div>
  );
}

export function RelayPage({ id }: { readonly id: RelayId }): VNode {
  const answer = useAnswer(calls.relays, [id]);
  return (
    <div class="form-page">
      <BackToRelays />
      <h1>{t.value.relays.edit}</h1>
      <Loaded from={answer}>
        {({ relays }) => {
          const relay = relays.find((one) => one.id === id);
          if (relay === undefined) return <Empty>{t.value.words.problem["not-found"]}</Empty>;
          return <RelayEditor known={id} initial={formOfRelay(relay)} />;
        }}
      </Loaded>
    </div>
  );
}

function BackToRelays(): VNode {
  return <a href={linkTo({ page: "relays" })}>← {t.value.relays.back}</a>;
}
