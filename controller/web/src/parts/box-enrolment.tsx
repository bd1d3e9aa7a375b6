import type { VNode } from "preact";
import { clearClone, revokeBox } from "../api/enrol-calls.ts";
import type { BoxRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { mayEnrol } from "../live/may-enrol.ts";
import { AskFirst } from "./ask-first.tsx";
import { ClaimCode } from "./claim-code.tsx";
import { Refusal } from "./loaded.tsx";
import { useSaving } from "./save-row.tsx";
import { Callout } from "./web-awesome.tsx";

/** For technicians: another box in its place, no box in its place, and what to do about a copied card. */
export function BoxEnrolment({ row }: { readonly row: BoxRow }): VNode | null {
  const [revoking, revoke] = useSaving();
  const [clearing, clear] = useSaving();
  if (!mayEnrol.value) return null;
  const words = t.value.enrol;
  const isCloned = row.faults.some(({ kind }) => kind === "box-cloned");
  return (
    <section class="panel" aria-labelledby="box-enrolment">
      <h2 id="box-enrolment">{words.panel}</h2>
      {isCloned && (
        <Callout variant="danger" role="alert">
          <p>{words.cloned}</p>
          <AskFirst
            label={words.onlyOne}
            title={words.onlyOneTitle}
            explain={words.onlyOneExplain}
            onYes={() => {
              void clear(clearClone(row.boxId));
            }}
          />
        </Callout>
      )}
      {clearing.kind === "refused" && <Refusal problem={clearing.problem} />}
      <p class="quiet">{words.panelHint}</p>
      <ClaimCode cluster={row.clusterId} />
      {revoking.kind === "refused" && <Refusal problem={revoking.problem} />}
      {revoking.kind === "saved" ? (
        <p role="status">{words.revoked}</p>
      ) : (
        <div class="actions">
          <AskFirst
            label={words.revoke}
            title={words.revokeTitle}
            explain={words.revokeExplain}
            onYes={() => {
              void revoke(revokeBox(row.boxId));
            }}
          />
        </div>
      )}
    </section>
  );
}
