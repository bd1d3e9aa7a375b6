import type { VNode } from "preact";
import * as calls from "../api/sound-calls.ts";
import type { Relay } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { areaName } from "../live/fleet.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { Mark } from "../parts/mark.tsx";
import { Button } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";

export function RelaysPage(): VNode {
  const answer = useAnswer(calls.relays, []);
  const words = t.value.relays;
  return (
    <div class="schedules-page">
      <div class="page-head">
        <h1>{words.title}</h1>
        <Button variant="brand" href={linkTo({ page: "new-relay" })}>
          {words.new}
        </Button>
      </div>
      <p class="quiet">{words.explain}</p>
      <Loaded from={answer}>
        {({ relays }) =>
          relays.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <ul class="plain cards">
              {relays.map((one) => (
                <RelayCard key={one.id} relay={one} />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

function RelayCard({ relay: { id, title, areaId, source } }: { readonly relay: Relay }): VNode {
  const words = t.value.relays;
  const isStream = source.kind === "stream";
  const facts = [areaName(areaId)];
  if (source.gainDb !== 0) facts.push(words.gained(sayNumber(t.value, source.gainDb)));
  if (isStream && source.fixedDelayMs !== null) {
    facts.push(words.delayed(sayNumber(t.value, source.fixedDelayMs / 1_000)));
  }
  return (
    <li class="panel schedule-card">
      <h2>
        <a href={linkTo({ page: "relay", id })}>{title}</a>
      </h2>
      <Mark
        tone="info"
        icon={isStream ? "link" : "loudspeaker"}
        text={isStream ? words.kinds.stream : words.inputs[source.input]}
      />
      {isStream && <p class="address">{source.url}</p>}
      {isStream && source.isPrivate && <Mark tone="quiet" icon="check" text={words.isPrivateMark} />}
      <p class="quiet">{facts.join(" · ")}</p>
    </li>
  );
}
