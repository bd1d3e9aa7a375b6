import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { closedBy } from "./stop-dialog.tsx";
import { Button, Dialog } from "./web-awesome.tsx";

export function WithdrawButton({ onWithdraw }: { readonly onWithdraw: () => void }): VNode {
  const [isAsking, setAsking] = useState(false);
  const words = t.value.schedules;
  const close = () => setAsking(false);
  return (
    <>
      <Button variant="danger" appearance="outlined" onClick={() => setAsking(true)}>
        {words.withdraw}
      </Button>
      {isAsking && (
        <Dialog label={words.withdrawTitle} open onwa-after-hide={closedBy(close)}>
          <p>{words.withdrawExplain}</p>
          <div slot="footer" class="dialog-actions">
            <Button appearance="outlined" onClick={close}>
              {t.value.state.cancel}
            </Button>
            <Button
              variant="danger"
              onClick={() => {
                close();
                onWithdraw();
              }}
            >
              {words.withdraw}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
