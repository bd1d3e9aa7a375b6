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
  onCancelled,
}: {
  readonly id: EmergencyId;
  readonly onCancelled: () => void;
}): VNode {
  const [isAsking, setAsking] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const words = t.value.emergency;
  const close = () => setAsking(false);
  const cancel = async () => {
    setBusy(true);
    const answer = await calls.cancel(id);
    setBusy(false);
    setProblem(answer.ok ? null : answer.error);
    close();
    onCancelled();
  };
  return (
    <div class="actions">
      {problem !== null && <Refusal problem={problem} />}
      <Button variant="warning" size="l" onClick={() => setAsking(true)}>
        <Icon slot="start" name="cross" />
        {words.cancel}
      </Button>
      {isAsking && (
        <Dialog label={words.cancelTitle} open onwa-after-hide={closedBy(close)}>
          <p>{words.cancelExplain}</p>
          <div slot="footer" class="dialog-actions">
            <Button appearance="outlined" onClick={close}>
              {t.value.state.close}
            </Button>
            <Button variant="warning" loading={isBusy} onClick={() => void cancel()}>
              {words.cancelNow}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
