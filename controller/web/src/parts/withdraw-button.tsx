import type { VNode } from "preact";
import { t } from "../i18n/language.ts";
import { AskFirst } from "./ask-first.tsx";

export function WithdrawButton({ onWithdraw }: { readonly onWithdraw: () => void }): VNode {
  const words = t.value.schedules;
  return (
    <AskFirst
      label={words.withdraw}
      title={words.withdrawTitle}
      explain={words.withdrawExplain}
      onYes={onWithdraw}
    />
  );
}
