import type { EmergencyStream } from "@loa/shared/broadcast/emergency.ts";
import { asItIs } from "@loa/shared/kernel/as-it-is.ts";
import { MINUTE_MS } from "@loa/shared/kernel/time.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { stationAddress } from "../view/station-address.ts";

/** Which station an emergency passes on, for how long, and from where it comes: whoever approves answers for that too. */
export function StationFact({ stream: { source, durationMs } }: { readonly stream: EmergencyStream }): VNode {
  const words = t.value.emergency.station;
  return (
    <>
      <strong>{words.passesOn(asItIs(source.title), sayNumber(t.value, durationMs / MINUTE_MS))}</strong>{" "}
      {source.kind === "input" ? (
        <span>{words.input[source.input]}</span>
      ) : (
        <code class="station-address">{stationAddress(source)}</code>
      )}
      {source.kind === "stream" && source.isPrivate && <span>{words.ownNetwork}</span>}
      {source.gainDb !== 0 && <span>{words.level(sayNumber(t.value, source.gainDb))}</span>}
    </>
  );
}
