import type { EmergencyId } from "@loa/shared/kernel/ids.ts";
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import * as calls from "../api/emergency-calls.ts";
import type { Problem } from "../api/http.ts";
import { t } from "../i18n/language.ts";
import { Refusal } from "./loaded.tsx";
import { closedBy } from "./stop-dialog.tsx";
import { Button, Dialog, Icon } from "./web-awesome.tsx";

export function CancelEmergency({
  id,
  hasCorrection,
  onCancelled,
}: {
  readonly id: EmergencyId;
  readonly hasCorrection: boolean;
  readonly onCancelled: () => void;
}): VNode {
  const [asked, setAsked] = useState<"cancel" | "correct" | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = t.value.emergency;
  const { trust } = t.value;
  const close = () => setAsked(null);
  const act = async () => {
    setBusy(true);
    const answer = await (asked === "correct" ? calls.correct(id) : calls.cancel(id));
    setBusy(false);
    setProblem(answer.ok ? null : answer.error);
    close();
    onCancelled();
  };
  return (
    <div class="actions">
      {problem !== null && <Refusal problem={problem} />}
      {hasCorrection && (
        <Button variant="danger" size="l" onClick={() => setAsked("correct")}>
          <Icon slot="start" name="alert" />
          {trust.correct}
        </Button>
      )}
      <Button variant="warning" size="l" onClick={() => setAsked("cancel")}>
        <Icon slot="start" name="cross" />
        {words.cancel}
      </Button>
      {asked !== null && (
        <Dialog
          label={asked === "correct" ? trust.correctTitle : words.cancelTitle}
          open
          onwa-after-hide={closedBy(close)}
        >
          <p>{asked === "correct" ? trust.correctExplain : words.cancelExplain}</p>
          <div slot="footer" class="dialog-actions">
            <Button appearance="outlined" onClick={close}>
              {t.value.state.close}
            </Button>
            <Button
              variant={asked === "correct" ? "danger" : "warning"}
              loading={isBusy}
              onClick={() => void act()}
            >
              {asked === "correct" ? trust.correct : words.cancelNow}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
