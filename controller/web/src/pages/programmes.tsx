import type { ProgrammeItem } from "@loa/shared/broadcast/programme.ts";
import type { VNode } from "preact";
import * as calls from "../api/sound-calls.ts";
import type { Bulletin, Programme, Relay } from "../api/sound-shapes.ts";
import { t } from "../i18n/language.ts";
import { areaName } from "../live/fleet.ts";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { Button } from "../parts/web-awesome.tsx";
import { linkTo } from "../router.ts";
import { durationText } from "../view/ages.ts";

export function ProgrammesPage(): VNode {
  const answer = useAnswer(calls.programmes, []);
  const relays = useAnswer(calls.relays, []);
  const bulletins = useAnswer(calls.bulletins, []);
  const words = t.value.programmes;
  return (
    <div class="schedules-page">
      <div class="page-head">
        <h1>{words.title}</h1>
        <Button variant="brand" href={linkTo({ page: "new-programme" })}>
          {words.new}
        </Button>
      </div>
      <p class="quiet">{words.explain}</p>
      <Loaded from={answer}>
        {({ programmes }) =>
          programmes.length === 0 ? (
            <Empty>{words.none}</Empty>
          ) : (
            <ul class="plain cards">
              {programmes.map((one) => (
                <ProgrammeCard
                  key={one.id}
                  programme={one}
                  relays={relays.value?.relays ?? []}
                  bulletins={bulletins.value?.bulletins ?? []}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}

function ProgrammeCard({
  programme,
  relays,
  bulletins,
}: {
  readonly programme: Programme;
  readonly relays: readonly Relay[];
  readonly bulletins: readonly Bulletin[];
}): VNode {
  const words = t.value.programmes;
  const titleOf = (item: ProgrammeItem) =>
    "relay" in item
      ? `${words.kinds.relay}: ${relays.find((one) => one.id === item.relay)?.title ?? words.gone} (${durationText(item.durationMs)})`
      : (bulletins.find((one) => one.id === item.bulletin)?.title ?? words.gone);
  return (
    <li class="panel schedule-card">
      <h2>{programme.title}</h2>
      <p class="quiet">
        {words.parts(programme.items.length)} · {durationText(programme.durationMs)} ·{" "}
        {areaName(programme.areaId)}
      </p>
      <ol class="parts">
        {programme.items.map((item, index) => (
          <li key={index}>{titleOf(item)}</li>
        ))}
      </ol>
      <div class="actions">
        <Button
          size="s"
          appearance="outlined"
          href={linkTo({ page: "broadcast", programme: programme.id })}
          aria-label={`${words.schedule}: ${programme.title}`}
        >
          {words.schedule}
        </Button>
      </div>
    </li>
  );
}
