import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import * as calls from "../api/trust-calls.ts";
import { t } from "../i18n/language.ts";
import { sayCount, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { CertificateTable } from "../parts/certificate-table.tsx";
import { Empty, Loaded, useAnswer } from "../parts/loaded.tsx";
import { PathTestPanel } from "../parts/path-test-panel.tsx";
import { RosterPanel } from "../parts/roster-panel.tsx";
import { SimulatedRoot } from "../parts/simulated-root.tsx";
import { linkTo } from "../router.ts";

const ASK_EVERY_MS = 5_000;

/** Who may make a loudspeaker speak, and who has tried without. */
export function SecurityPage(): VNode {
  const words = t.value.trust.security;
  const roster = useAnswer(calls.rosterInForce, []);
  const certificates = useAnswer(calls.trustCertificates, []);
  return (
    <div class="receipts-page security-page">
      <h1>{words.title}</h1>
      <p class="quiet">{words.explain}</p>
      <section aria-labelledby="roster">
        <h2 id="roster">{words.roster}</h2>
        <Loaded from={roster}>{(value) => <RosterPanel known={value} />}</Loaded>
        <SimulatedRoot onSigned={roster.reload} />
      </section>
      <section aria-labelledby="certificates">
        <h2 id="certificates">{words.certificates}</h2>
        <Loaded from={certificates}>
          {(value) => <CertificateTable certificates={value.certificates} />}
        </Loaded>
      </section>
      <section aria-labelledby="standing">
        <h2 id="standing">{t.value.standing.title}</h2>
        <p class="quiet">{t.value.standing.explain}</p>
        <a href={linkTo({ page: "standing-approvals" })}>{t.value.standing.toAll}</a>
      </section>
      <PathTestPanel />
      <RefusedSection />
      <section aria-labelledby="record">
        <h2 id="record">{words.record}</h2>
        <a href={linkTo({ page: "audit" })}>{words.toRecord}</a>
      </section>
    </div>
  );
}

function RefusedSection(): VNode {
  const words = t.value.trust.security;
  const answer = useAnswer(calls.trustRefusals, []);
  useEffect(() => {
    const timer = setInterval(answer.reload, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [answer.reload]);
  return (
    <section aria-labelledby="refusals">
      <h2 id="refusals">{words.refusals}</h2>
      <p class="quiet">{words.refusalsHint}</p>
      <Loaded from={answer}>
        {({ refusals, since }) =>
          refusals.length === 0 ? (
            <Empty>
              {words.noRefusals} ({sayWhen(t.value, since, now.value)})
            </Empty>
          ) : (
            places.map((place) => (
              <RefusedAt key={place} place={place} refused={refusals.filter(({ at }) => at === place)} />
            ))
          )
        }
      </Loaded>
    </section>
  );
}

const places = ["box", "link", "page"] as const;

function RefusedAt({
  place,
  refused,
}: {
  readonly place: calls.Refused["at"];
  readonly refused: readonly calls.Refused[];
}): VNode | null {
  if (refused.length === 0) return null;
  return (
    <>
      <h3>{t.value.trust.security.refusedAt[place]}</h3>
      <ul class="plain refusal-list">
        {refused.map((one) => (
          <li key={one.reason}>
            <strong class="number">{sayCount(t.value, one.count)}</strong> {sayRefused(one)}
          </li>
        ))}
      </ul>
    </>
  );
}

function sayRefused({ at, reason, title, titleVi }: calls.Refused): string {
  const { trust, standing, languageName } = t.value;
  const known: Readonly<Record<string, string>> = at === "box" ? standing.boxRefusal : trust.security.refusal;
  const said = at === "page" ? (languageName === "English" ? title : titleVi) : known[reason];
  return said ?? reason;
}
