import { type Verdict, verdict as verdictShape } from "@loa/shared/broadcast/receipt.ts";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { plus } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { ReceiptRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { chosenArea } from "../live/choice.ts";
import { now } from "../live/clock.ts";
import { freshReceipts } from "../live/feed.ts";
import { AreaSelect } from "../parts/area-select.tsx";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { usePaced } from "../parts/paced.ts";
import { PeriodSelect, periodMs } from "../parts/period-select.tsx";
import { SessionCard } from "../parts/session-card.tsx";
import { VerdictTally } from "../parts/verdict-tally.tsx";
import { Option, Select, textOf } from "../parts/web-awesome.tsx";
import { sessionsOf } from "../view/sessions.ts";

const periods = ["hour", "day", "week"] as const;
const verdicts = verdictShape.options;
/** A session of thousands of boxes brings thousands of receipts within seconds: the list is asked for again this often. */
const RELOAD_EVERY_MS = 3_000;

export function ReceiptsPage(): VNode {
  const [area, setArea] = useState<AreaId | null>(chosenArea.value);
  const [period, setPeriod] = useState<(typeof periods)[number]>("day");
  const [verdict, setVerdict] = useState<Verdict | "all">("all");
  const answer = useAnswer(
    () =>
      calls.receipts({ area: area ?? undefined, from: plus(now.peek(), -periodMs[period]), to: now.peek() }),
    [area, period, usePaced(freshReceipts.value.length, RELOAD_EVERY_MS)],
  );
  const words = t.value.receipts;
  return (
    <div class="receipts-page">
      <h1>{words.title}</h1>
      <div class="choices">
        <AreaSelect label={words.area} all={words.allAreas} value={area} onChoose={setArea} />
        <PeriodSelect label={words.period} choices={periods} value={period} onChoose={setPeriod} />
        <Select
          label={words.verdict}
          value={verdict}
          onChange={(event) => setVerdict(verdicts.find((one) => one === textOf(event)) ?? "all")}
        >
          <Option value="all">{words.allVerdicts}</Option>
          {verdicts.map((one) => (
            <Option key={one} value={one}>
              {t.value.words.verdict[one]}
            </Option>
          ))}
        </Select>
      </div>
      <Loaded from={answer}>
        {({ receipts, summary }) => (
          <>
            <VerdictTally tally={summary} />
            <Sessions receipts={receipts} verdict={verdict} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Sessions({
  receipts,
  verdict,
}: {
  readonly receipts: readonly ReceiptRow[];
  readonly verdict: Verdict | "all";
}): VNode {
  if (receipts.length === 0) return <Empty>{t.value.receipts.none}</Empty>;
  const shown = receipts.filter((one) => verdict === "all" || one.verdict === verdict);
  if (shown.length === 0) return <Empty>{t.value.receipts.noneMatch}</Empty>;
  return (
    <>
      {sessionsOf(shown).map((session, index) => (
        <SessionCard key={session.occurrenceId} session={session} open={index === 0} />
      ))}
    </>
  );
}
