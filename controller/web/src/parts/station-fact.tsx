import type { EmergencyStream } from "@loa/shared/broadcast/emergency.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";

/** Which station an emergency passes on, for how long, and from where it comes: whoever approves answers for that too. */
export function StationFact({ stream: { source, durationMs } }: { readonly stream: EmergencyStream }): VNode {
  const words = t.value.emergency.station;
  return (
    <>
      <strong>{words.passesOn(source.title, sayNumber(t.value, durationMs / MINUTE_MS))}</strong>{" "}
      {source.kind === "input" ? (
        <span>{words.input[source.input]}</span>
      ) : (
        <code class="station-address">{[source.url, ...source.hosts].join(" · ")}</code>
      )}
    </>
  );
}
