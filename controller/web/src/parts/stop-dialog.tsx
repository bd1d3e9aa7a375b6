import type { AreaId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import type { Session, StopTally } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayClock } from "../i18n/say.ts";
import { chosenArea } from "../live/choice.ts";
import { areas, rowOf, rows } from "../live/fleet.ts";
import { rowsWithin } from "../view/area-tally.ts";
import { AreaSelect } from "./area-select.tsx";
import { Refusal } from "./loaded.tsx";
import { Mark, type Tone } from "./mark.tsx";
import { Button, Callout, Dialog, Icon, type IconName } from "./web-awesome.tsx";

/** How often the tally is asked for, and how long before the page stops asking, ms. */
const TALLY_EVERY_MS = 500;
const TALLY_FOR_MS = 120_000;

interface Issued {
  readonly id: string;
  readonly at: Instant;
}

export function StopDialog({
  session,
  onClose,
}: {
  readonly session: Session;
  readonly onClose: () => void;
}): VNode {
  const [area, setArea] = useState<AreaId | null>(chosenArea.value ?? session.grants[0]?.areaId ?? null);
  const [issued, setIssued] = useState<Issued | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const words = t.value.stop;
  const boxes = area === null ? 0 : rowsWithin(rows.value, areas.value, area).length;
  const stop = async () => {
    if (area === null || isBusy) return;
    setBusy(true);
    const answer = await calls.stopArea(area);
    setBusy(false);
    if (answer.ok) setIssued(answer.value);
    setProblem(answer.ok ? null : answer.error);
  };
  return (
    <Dialog label={words.title} open class="stop-dialog" onwa-after-hide={closedBy(onClose)}>
      {problem !== null && <Refusal problem={problem} />}
      {issued === null ? (
        <>
          <AreaSelect label={words.area} value={area} onChoose={setArea} />
          <p>{words.explain}</p>
          {boxes === 0 && <p class="quiet">{words.nothing}</p>}
        </>
      ) : (
        <Tally issued={issued} />
      )}
      <div slot="footer" class="dialog-actions">
        <Button appearance="outlined" onClick={onClose}>
          {issued === null ? t.value.state.cancel : t.value.state.close}
        </Button>
        {issued === null ? (
          <Button
            variant="danger"
            size="l"
            loading={isBusy}
            disabled={area === null}
            onClick={() => void stop()}
          >
            <Icon slot="start" name="stop" />
            {words.confirm(boxes)}
          </Button>
        ) : (
          <Button appearance="outlined" onClick={() => setIssued(null)}>
            {words.again}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

/** Selects and details inside a dialog also emit this event; only the dialog's own one closes it. */
export function closedBy(onClose: () => void): (event: Event) => void {
  return (event) => {
    if (event.target === event.currentTarget) onClose();
  };
}

function Tally({ issued }: { readonly issued: Issued }): VNode {
  const [tally, setTally] = useState<StopTally | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    let asked = 0;
    const timer = setInterval(async () => {
      asked += 1;
      const answer = await calls.stopTally(issued.id);
      if (answer.ok) setTally(answer.value);
      setProblem(answer.ok ? null : answer.error);
      const isOver = answer.ok && answer.value.pending === 0;
      if (isOver || asked * TALLY_EVERY_MS > TALLY_FOR_MS) clearInterval(timer);
    }, TALLY_EVERY_MS);
    return () => clearInterval(timer);
  }, [issued.id]);
  const words = t.value.stop;
  return (
    <>
      <Callout variant={tally !== null && tally.pending === 0 ? "success" : "neutral"} role="status">
        <Icon slot="icon" name={tally !== null && tally.pending === 0 ? "check" : "clock"} />
        <p>{words.sent(sayClock(issued.at))}</p>
        {tally !== null && <p>{words.tally(tally.accepted, tally.targeted)}</p>}
      </Callout>
      {problem !== null && <Refusal problem={problem} />}
      <ul class="plain tally-names">
        {worstFirst(tally?.boxes ?? []).map((box) => (
          <li key={box.boxId}>
            <span>{rowOf(box.boxId)?.clusterName ?? box.boxId}</span>
            <StopMark state={box.state} />
          </li>
        ))}
      </ul>
    </>
  );
}

type StopState = StopTally["boxes"][number]["state"];

const stopLook: Readonly<Record<StopState, { readonly tone: Tone; readonly icon: IconName }>> = {
  refused: { tone: "bad", icon: "cross" },
  expired: { tone: "bad", icon: "link-off" },
  pending: { tone: "warn", icon: "clock" },
  replaced: { tone: "quiet", icon: "clock" },
  accepted: { tone: "good", icon: "check" },
};

function StopMark({ state }: { readonly state: StopState }): VNode {
  return <Mark {...stopLook[state]} text={t.value.stop[state]} />;
}

function worstFirst(boxes: StopTally["boxes"]): StopTally["boxes"] {
  const order = Object.keys(stopLook);
  return [...boxes].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}
