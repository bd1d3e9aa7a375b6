import type { VNode } from "preact";
import type { Emergency } from "../api/emergency-shapes.ts";
import { t } from "../i18n/language.ts";
import { sayAge, sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { running } from "../live/emergencies.ts";
import { areas, rows } from "../live/fleet.ts";
import { isWall, linkTo, route } from "../router.ts";
import { rowsOfEmergency } from "../view/emergency-rows.ts";
import { isSounding } from "../view/known-now.ts";
import { stoppedWords } from "../view/stopped-words.ts";
import { SeverityMark } from "./severity-mark.tsx";

/** On every page, above everything: who sits down at any of them sees it. */
export function EmergencyBanners(): VNode | null {
  if (running.value.length === 0) return null;
  return (
    <div class="emergency-banners">
      {running.value.map((one) => (
        <Banner key={one.id} emergency={one} />
      ))}
    </div>
  );
}

function Banner({ emergency }: { readonly emergency: Emergency }): VNode {
  const words = t.value.emergency;
  const targets = rowsOfEmergency(emergency, rows.value, areas.value);
  const playing = targets.filter((row) => row.onAir?.occurrenceId === emergency.occurrenceId);
  const sounding = playing.filter(isSounding).length;
  const isSaid = playing.length === 0 && now.value > emergency.saidAt;
  const at = route.value;
  const isHere = at.page === "emergency" && at.id === emergency.id;
  return (
    <section class={`emergency-banner ${emergency.severity}`} aria-label={words.banner[emergency.severity]}>
      {/* Read out once: the counts and ages beside it change every second. */}
      <span class="visually-hidden" role="alert">
        {words.banner[emergency.severity]}: {emergency.headline}
      </span>
      <SeverityMark severity={emergency.severity} />
      <div class="emergency-banner-text">
        <strong>{emergency.headline}</strong>
        <span>
          {[
            words.banner[emergency.severity],
            emergency.areaNames.join(", "),
            ...stoppedWords(emergency),
            ...(isSaid
              ? [words.said(sayWhen(t.value, emergency.expiresAt, now.value))]
              : [
                  words.sounding(sounding, targets.length),
                  t.value.state.since(sayAge(t.value, emergency.at, now.value)),
                ]),
          ].join(" · ")}
        </span>
      </div>
      {!isWall && !isHere && <a href={linkTo({ page: "emergency", id: emergency.id })}>{words.open}</a>}
    </section>
  );
}
