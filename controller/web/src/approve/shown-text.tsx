import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type ApprovedOrder, readOrder } from "@loa/shared/trust/order.ts";
import { readStandingApproval, type StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { sayDay, sayNumber } from "../i18n/say.ts";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { StationFact } from "../parts/station-fact.tsx";
import { durationText } from "../view/ages.ts";

export function isActual(payload: string): boolean {
  return (readOrder(payload) ?? readStandingApproval(payload))?.severity === "actual";
}

type Names = readonly (readonly [string, string])[];

/** What is signed, in words; and the whole of it letter by letter, for whoever wants to compare. */
export function ShownText({ payload, names }: { readonly payload: string; readonly names: Names }): VNode {
  const order = readOrder(payload);
  const standing = order === null ? readStandingApproval(payload) : null;
  const one = order ?? standing;
  const words = t.value.account.site;
  if (one === null) return <h1>{words.unreadable}</h1>;
  return (
    <section class={`panel emergency-head ${one.severity}`}>
      <SeverityMark severity={one.severity} />
      <h1>{one.headline}</h1>
      <ul class="plain draft-facts">
        {order !== null && <OrderFacts order={order} names={names} />}
        {standing !== null && <StandingFacts standing={standing} names={names} />}
        <li>
          {t.value.trust.draft.siren(sayNumber(t.value, one.sirenMs / SECOND_MS), one.times)},{" "}
          {t.value.trust.draft.lasts(durationText(one.durationMs))}
        </li>
        <li>
          {one.notice === null ? t.value.trust.draft.builtIn : words.clip(one.notice.sha256.slice(0, 12))}
        </li>
        <li>{words.author(one.author)}</li>
      </ul>
      <details>
        <summary>{words.whole}</summary>
        <pre class="approve-text">{payload}</pre>
      </details>
    </section>
  );
}

function OrderFacts({ order, names }: { readonly order: ApprovedOrder; readonly names: Names }): VNode {
  const words = t.value.account.site;
  if (order.kind === "emergency") {
    return (
      <>
        <AreaFacts areas={order.areas} names={names} />
        {order.stream !== undefined && (
          <li>
            <StationFact stream={order.stream} />
          </li>
        )}
        {order.replaces !== null && <li>{words.replaces(order.replaces)}</li>}
        <li>
          {
            t.value.trust.draft.correction[
              order.correction === null ? "none" : wordOf(order.correction.notice)
            ]
          }
        </li>
      </>
    );
  }
  const { trigger, from, to, box } = order;
  const capability = t.value.words.capability[trigger.capability];
  return (
    <>
      <li>
        <strong>{words.box(box)}</strong> <span>{t.value.trust.local.bySelf}</span>
      </li>
      <li>{t.value.trust.local.trigger[trigger.edge](capability, sayNumber(t.value, trigger.limit))}</li>
      <li>{t.value.trust.local.holds(sayDay(from), sayDay(to))}</li>
    </>
  );
}

function StandingFacts({
  standing: { sender, events, eventCodes, areas, from, to, correction },
  names,
}: {
  readonly standing: StandingApproval;
  readonly names: Names;
}): VNode {
  const words = t.value.account.site;
  const kinds = [...events, ...eventCodes.map(({ valueName, value }) => `${valueName}=${value}`)];
  return (
    <>
      <li>
        <strong>{words.standing(sender)}</strong>
      </li>
      <li>{words.events(kinds.join(", "))}</li>
      <AreaFacts areas={areas} names={names} />
      <li>{t.value.trust.local.holds(sayDay(from), sayDay(to))}</li>
      <li>{t.value.trust.draft.correction[correction === null ? "none" : wordOf(correction.notice)]}</li>
    </>
  );
}

/** The text knows codes only; their names are the control room's word. */
function AreaFacts({ areas, names }: { readonly areas: readonly string[]; readonly names: Names }): VNode {
  const nameOf = new Map(names);
  return (
    <li>
      <strong>{t.value.account.site.areas}</strong>{" "}
      {areas.map((area) => `${area}${nameOf.has(area) ? ` (${nameOf.get(area)})` : ""}`).join(", ")}
    </li>
  );
}

function wordOf(notice: object | null): "built-in" | "clip" {
  return notice === null ? "built-in" : "clip";
}
