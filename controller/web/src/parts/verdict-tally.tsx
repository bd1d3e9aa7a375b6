import type { Verdict } from "@loa/shared/broadcast/receipt.ts";
import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { verdictLook } from "./mark.tsx";
import { Icon } from "./web-awesome.tsx";

const order = ["heard", "played", "partial", "missed", "refused", "unknown"] as const;

/** How many clusters got which verdict; those that nobody got are left out. */
export function VerdictTally({ tally }: { readonly tally: Readonly<Record<Verdict, number>> }): VNode {
  return (
    <ul class="plain tally" aria-label={t.value.receipts.tally}>
      {order
        .filter((one) => tally[one] > 0)
        .map((one) => (
          <li key={one} class={`mark mark-${verdictLook[one][0]}`}>
            <Icon name={verdictLook[one][1]} />
            <span>
              {tally[one]} {t.value.words.verdict[one].toLowerCase()}
            </span>
          </li>
        ))}
    </ul>
  );
}
