import type { EmergencyStream } from "@loa/shared/broadcast/emergency.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { durationText } from "../view/ages.ts";

/** Which station an emergency passes on, for how long, and from where it comes: whoever approves answers for that too. */
export function StationFact({ stream: { source, durationMs } }: { readonly stream: EmergencyStream }): VNode {
  const words = t.value.emergency.station;
  return (
    <>
      <strong>{words.passesOn(source.title, durationText(durationMs))}</strong>{" "}
      {source.kind === "input" ? (
        <span>{words.input[source.input]}</span>
      ) : (
        <code class="station-address">{[source.url, ...source.hosts].join(" · ")}</code>
      )}
    </>
  );
}
