import { type Instant, SECOND_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import {
  type BoxState,
  boxState,
  type CorrectionTally,
  type EmergencyBox,
  type EmergencyTally,
} from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayClock, sayNumber } from "../i18n/say.ts";
import { linkTo } from "../router.ts";
import { Empty } from "./loaded.tsx";
import { Mark, type Tone } from "./mark.tsx";
import { Button, Icon, type IconName } from "./web-awesome.tsx";

const looks: Readonly<Record<BoxState, readonly [Tone, IconName]>> = {
  audible: ["good", "loudspeaker"],
  failed: ["bad", "cross"],
  refused: ["bad", "stop"],
  stopped: ["quiet", "stop"],
  acknowledged: ["info", "check"],
  waiting: ["warn", "clock"],
  offline: ["bad", "link-off"],
};
/** A province has thousands, and the troubled ones stand first. */
const ROWS_AT_ONCE = 100;
/** In the order in which an alarm goes its way. */
const order: readonly BoxState[] = ["audible", "waiting", "failed", "offline", "refused", "stopped"];

export function EmergencyCounts({ tally }: { readonly tally: EmergencyTally }): VNode {
  const words = t.value.emergency;
  return (
    <ul class="tiles plain emergency-tiles" aria-label={words.tally}>
      <Tile count={tally.targeted} tone="quiet" icon="wave" label={words.targeted} />
      <Tile count={tally.acknowledged} tone="info" icon="check" label={words.hasAcknowledged} />
      {order.map((state) => (
        <Tile
          key={state}
          count={tally[state]}
          tone={tally[state] === 0 ? "quiet" : looks[state][0]}
          icon={looks[state][1]}
          label={words.state[state]}
        />
      ))}
    </ul>
  );
}

function Tile({
  count,
  tone,
  icon,
  label,
}: {
  readonly count: number;
  readonly tone: Tone;
  readonly icon: IconName;
  readonly label: string;
}): VNode {
  return (
    <li class={`tile tile-${tone}`}>
      <span class="tile-count">{count}</span>
      <span class="tile-label">
        <Icon name={icon} /> {label}
      </span>
    </li>
  );
}

/** Who has heard what was wrong must hear that it was. */
export function CorrectionCounts({ tally }: { readonly tally: CorrectionTally }): VNode {
  const { said, saying, owed } = tally;
  return (
    <p role="status" class="correction-tally">
      <Mark
        tone={owed > 0 ? "warn" : "good"}
        icon={owed + saying > 0 ? "clock" : "check"}
        text={t.value.trust.correctionTally(said, saying, owed)}
      />
    </p>
  );
}

/** By name, those that are not heard first. */
export function EmergencyBoxes({
  boxes,
  since,
}: {
  readonly boxes: readonly EmergencyBox[];
  readonly since: Instant;
}): VNode {
  const [limit, setLimit] = useState(ROWS_AT_ONCE);
  if (boxes.length === 0) return <Empty>{t.value.emergency.noBoxes}</Empty>;
  const left = boxes.length - limit;
  return (
    <>
      <ul class="plain emergency-boxes">
        {worstFirst(boxes)
          .slice(0, limit)
          .map((box) => (
            <li key={box.boxId}>
              <a href={linkTo({ page: "box", id: box.boxId })}>{box.clusterName}</a>
              <Mark
                tone={looks[box.state][0]}
                icon={looks[box.state][1]}
                text={t.value.emergency.state[box.state]}
              />
              <span class="quiet">{factsOf(box, since).join(" · ")}</span>
            </li>
          ))}
      </ul>
      {left > 0 && (
        <Button appearance="outlined" onClick={() => setLimit(limit + ROWS_AT_ONCE)}>
          {t.value.state.showMore(Math.min(left, ROWS_AT_ONCE))}
        </Button>
      )}
    </>
  );
}

function factsOf(box: EmergencyBox, since: Instant): readonly string[] {
  const { emergency, words, standing, trust } = t.value;
  const facts: string[] = [];
  if (box.sounding && box.state === "audible") facts.push(emergency.soundingNow);
  if (box.firstSoundAt !== null && box.state === "audible") {
    const after = sayNumber(t.value, Math.max(0, box.firstSoundAt - since) / SECOND_MS);
    facts.push(emergency.firstSound(sayClock(box.firstSoundAt), after));
  }
  if (box.verdict === "partial" || box.verdict === "played")
    facts.push(words.verdict[box.verdict].toLowerCase());
  if (box.cause !== null) facts.push(words.cause[box.cause]);
  if (box.correction !== null) facts.push(trust.correctionAt[box.correction]);
  if (box.reason !== null) facts.push(emergency.reason(standing.boxRefusal[box.reason] ?? box.reason));
  return facts;
}

function worstFirst(boxes: readonly EmergencyBox[]): readonly EmergencyBox[] {
  const rank = boxState.options;
  return [...boxes].sort(
    (a, b) =>
      rank.indexOf(a.state) - rank.indexOf(b.state) || a.clusterName.localeCompare(b.clusterName, "vi"),
  );
}
