import type { ClusterId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { type Claim, claimCluster } from "../api/enrol-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { sayWhen } from "../i18n/say.ts";
import { now } from "../live/clock.ts";
import { Refusal } from "./loaded.tsx";
import { QrCode } from "./qr-code.tsx";
import { Button } from "./web-awesome.tsx";

type Asked =
  | { readonly kind: "no" }
  | { readonly kind: "busy" }
  | { readonly kind: "made"; readonly claim: Claim }
  | { readonly kind: "refused"; readonly problem: Problem };

/** Makes a code for one box at this cluster and shows it once: to be read aloud, or scanned. */
export function ClaimCode({ cluster }: { readonly cluster: ClusterId }): VNode {
  const [asked, setAsked] = useState<Asked>({ kind: "no" });
  const words = t.value.enrol;
  const make = async () => {
    setAsked({ kind: "busy" });
    const answer = await claimCluster(cluster);
    setAsked(answer.ok ? { kind: "made", claim: answer.value } : { kind: "refused", problem: answer.error });
  };
  return (
    <div class="claim">
      {asked.kind === "refused" && <Refusal problem={asked.problem} />}
      {asked.kind === "made" && <Shown claim={asked.claim} />}
      <div class="actions">
        <Button
          appearance="outlined"
          size="s"
          loading={asked.kind === "busy"}
          onClick={() => {
            void make();
          }}
        >
          {asked.kind === "made" ? words.makeAnother : words.makeCode}
        </Button>
      </div>
    </div>
  );
}

function Shown({ claim }: { readonly claim: Claim }): VNode {
  const words = t.value.enrol;
  return (
    <div class="claim-shown" role="status">
      <QrCode value={claim.code} label={words.qr} />
      <div>
        <p class="quiet">{words.code}</p>
        <p class="claim-text">{claim.spoken}</p>
        <p>{words.until(sayWhen(t.value, claim.expiresAt, now.value))}</p>
        <p class="quiet">{words.codeHint}</p>
      </div>
    </div>
  );
}
