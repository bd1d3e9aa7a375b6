import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import type { Session } from "../view/sessions.ts";
import { When } from "./instant.tsx";
import { ReceiptList } from "./receipt-list.tsx";
import { VerdictTally } from "./verdict-tally.tsx";
import { Details } from "./web-awesome.tsx";

/** One occurrence: the tally for everybody, the names for who asks. */
export function SessionCard({
  session,
  open = false,
  isLive = false,
}: {
  readonly session: Session;
  readonly open?: boolean;
  /** A screen reader is told when the tally changes; the names it reads on request. */
  readonly isLive?: boolean;
}): VNode {
  return (
    <article class="session panel">
      <h3>
        <When at={session.dueAt} /> · {session.title}
      </h3>
      <div aria-live={isLive ? "polite" : "off"}>
        <VerdictTally tally={session.tally} />
      </div>
      <Details summary={t.value.receipts.details(session.receipts.length)} open={open}>
        <ReceiptList receipts={session.receipts} />
      </Details>
    </article>
  );
}
