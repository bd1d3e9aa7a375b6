import type { VNode } from "preact";
import * as calls from "../api/draft-calls.ts";
import { t } from "../i18n/language.ts";
import { PasskeyApproval } from "./passkey-approval.tsx";

/** One's own approval of an emergency that waits for it. */
export function ApproveDraft({
  draft,
  onChanged,
}: {
  readonly draft: calls.Draft;
  readonly onChanged: () => void;
}): VNode {
  return (
    <PasskeyApproval
      text={draft}
      words={t.value.trust.draft}
      send={(assertion) => calls.approve(draft.id, assertion)}
      takeBack={() => calls.withdrawDraft(draft.id)}
      onChanged={onChanged}
    />
  );
}
