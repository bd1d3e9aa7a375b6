import { BUILT_IN_TEXT } from "@loa/shared/broadcast/built-in-sounds.ts";
import { asItIs } from "@loa/shared/kernel/as-it-is.ts";
import { SECOND_MS } from "@loa/shared/kernel/time.ts";
import { type ApprovedOrder, type LocalOrder, readOrder } from "@loa/shared/trust/order.ts";
import { readStandingApproval, type StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { sayDay, sayLength, sayNumber } from "../i18n/say.ts";
import { SeverityMark } from "../parts/severity-mark.tsx";
import { SpokenText } from "../parts/spoken-text.tsx";
import { StationFact } from "../parts/station-fact.tsx";
import { sha256Hex } from "./sha256.ts";
import type { SignedSounds } from "./signed-sounds.ts";
import { SoundToSign } from "./sound-to-sign.tsx";

const SHORT_HASH = 16;

/** Null: it is none that a box would read, so nobody signs it here. */
export function severityOf(payload: string): StandingApproval["severity"] | null {
  return (readOrder(payload) ?? readStandingApproval(payload))?.severity ?? null;
}

type Names = readonly (readonly [string, string])[];

/** What is signed, in words; and the whole of it letter by letter, for whoever wants to compare. */
export function ShownText({
  payload,
  names,
  sounds,
}: {
  readonly payload: string;
  readonly names: Names;
  /** Null: on their way. */
  readonly sounds: SignedSounds | null;
}): VNode {
  const order = readOrder(payload);
  const standing = order === null ? readStandingApproval(payload) : null;
  const one = order ?? standing;
  const words = t.value.account.site;
  if (one === null) return <h1>{words.unreadable}</h1>;
  return (
    <section class={`panel emergency-head ${one.severity}`}>
      <SeverityMark severity={one.severity} />
      <h1>{asItIs(one.headline)}</h1>
      <ul class="plain draft-facts">
        {order !== null && <OrderFacts order={order} names={names} />}
        {standing !== null && <StandingFacts standing={standing} names={names} />}
        <li>
          {t.value.trust.draft.siren(sayNumber(t.value, one.sirenMs / SECOND_MS), one.times)},{" "}
          {t.value.trust.draft.gap(sayNumber(t.value, one.gapMs / SECOND_MS))},{" "}
          {t.value.trust.draft.lasts(sayLength(t.value, one.durationMs))}
        </li>
        <li>
          {one.notice === null ? (
            <SpokenText title={t.value.trust.builtInSays[one.severity]} text={BUILT_IN_TEXT[one.severity]} />
          ) : (
            <SoundToSign
              clip={one.notice}
              label={t.value.trust.draft.preview}
              sound={sounds?.get(one.notice.sha256)}
            />
          )}
        </li>
        {one.kind !== "local-emergency" && <CorrectionToSign one={one} sounds={sounds} />}
        <li>{words.author(one.author)}</li>
      </ul>
      <details>
        <summary>{words.whole}</summary>
        <pre class="approve-text">{asItIs(payload)}</pre>
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
  standing: { sender, keys, events, eventCodes, least, areas, places, from, to },
  names,
}: {
  readonly standing: StandingApproval;
  readonly names: Names;
}): VNode {
  const words = t.value.account.site;
  const common = t.value.standing;
  const codes = places.reduce((count, place) => count + place.codes.length, 0);
  const kinds = [...events, ...eventCodes.map(({ valueName, value }) => `${valueName}=${value}`)];
  return (
    <>
      <li>
        <strong>{words.standing(asItIs(sender))}</strong>
        {keys.map((key) => (
          <SenderKey key={key.publicKey} publicKey={key.publicKey} until={sayDay(key.to)} />
        ))}
      </li>
      <li>{words.events(asItIs(kinds.join(", ")))}</li>
      <li>
        {common.least(
          common.urgency[least.urgency],
          common.severity[least.severity],
          common.certainty[least.certainty],
        )}
      </li>
      <AreaFacts areas={areas} names={names} />
      <li>{common.codes(codes)}</li>
      <li>{t.value.trust.local.holds(sayDay(from), sayDay(to))}</li>
    </>
  );
}

/** The text knows codes only; their names are the control room's word. */
function AreaFacts({ areas, names }: { readonly areas: readonly string[]; readonly names: Names }): VNode {
  const nameOf = new Map(names);
  return (
    <li>
      <strong>{t.value.account.site.areas}</strong>{" "}
      {areas
        .map((area) => `${area}${nameOf.has(area) ? ` (${asItIs(nameOf.get(area) ?? "")})` : ""}`)
        .join(", ")}
    </li>
  );
}

function CorrectionToSign({
  one,
  sounds,
}: {
  readonly one: Exclude<ApprovedOrder, LocalOrder> | StandingApproval;
  readonly sounds: SignedSounds | null;
}): VNode {
  const words = t.value.trust.draft;
  if (one.correction === null) return <li>{words.correction.none}</li>;
  const { notice } = one.correction;
  return (
    <li>
      {notice === null ? (
        <SpokenText title={t.value.trust.builtInSays.correction} text={BUILT_IN_TEXT.correction} />
      ) : (
        <>
          {words.correction.clip}
          <SoundToSign clip={notice} label={words.previewCorrection} sound={sounds?.get(notice.sha256)} />
        </>
      )}
    </li>
  );
}

/** As the pages of the control room call it: the start of its SHA-256. */
function SenderKey({ publicKey, until }: { readonly publicKey: string; readonly until: string }): VNode {
  const [hash, setHash] = useState("");
  useEffect(() => {
    void sha256Hex(bytesOf(publicKey)).then(setHash);
  }, [publicKey]);
  return <span class="quiet">{t.value.standing.key(hash.slice(0, SHORT_HASH), until)}</span>;
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
