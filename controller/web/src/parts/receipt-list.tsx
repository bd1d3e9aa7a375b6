import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ReceiptRow } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { linkTo } from "../router.ts";
import { findingsOf } from "../view/findings.ts";
import { When } from "./instant.tsx";
import { Empty } from "./loaded.tsx";
import { VerdictMark } from "./mark.tsx";
import { Button } from "./web-awesome.tsx";
import { WhyDialog } from "./why-dialog.tsx";

/** Verdicts with their evidence in plain words. `withSession`: of one box, so the session is named, not the cluster. */
export function ReceiptList({
  receipts,
  withSession = false,
}: {
  readonly receipts: readonly ReceiptRow[];
  readonly withSession?: boolean;
}): VNode {
  const [asked, setAsked] = useState<ReceiptRow | null>(null);
  if (receipts.length === 0) return <Empty>{t.value.overview.noReceipt}</Empty>;
  return (
    <>
      <ul class="plain receipts">
        {receipts.map((one) => (
          <Receipt
            key={one.occurrenceId + one.boxId}
            receipt={one}
            withSession={withSession}
            onWhy={setAsked}
          />
        ))}
      </ul>
      {asked !== null && (
        <WhyDialog box={asked.boxId} occurrence={asked.occurrenceId} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

function Receipt({
  receipt,
  withSession,
  onWhy,
}: {
  readonly receipt: ReceiptRow;
  readonly withSession: boolean;
  readonly onWhy: (receipt: ReceiptRow) => void;
}): VNode {
  return (
    <li class="receipt">
      <span class="receipt-name">
        {withSession ? (
          <>
            <strong>{receipt.title}</strong> <When at={receipt.dueAt} />
          </>
        ) : (
          <a href={linkTo({ page: "box", id: receipt.boxId })}>{receipt.clusterName}</a>
        )}
      </span>
      <VerdictMark verdict={receipt.verdict} />
      {receipt.cause !== null && <span class="lacks">{t.value.words.cause[receipt.cause]}</span>}
      <details class="evidence">
        <summary>{t.value.box.evidence}</summary>
        <Evidence receipt={receipt} />
        {withSession && (
          <Button size="s" appearance="outlined" onClick={() => onWhy(receipt)}>
            {t.value.box.why}
          </Button>
        )}
      </details>
    </li>
  );
}

function Evidence({ receipt }: { readonly receipt: ReceiptRow }): VNode {
  const { words, box } = t.value;
  if (receipt.evidence === null) return <p>{box.noEvidence}</p>;
  return (
    <>
      <p>{words.verdictMeans[receipt.verdict]}</p>
      <ul>
        {findingsOf(receipt.evidence).map((finding) => (
          <li key={finding.kind}>{words.finding(finding)}</li>
        ))}
      </ul>
    </>
  );
}
