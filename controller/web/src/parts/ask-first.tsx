import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { closedBy } from "./stop-dialog.tsx";
import { Button, Dialog } from "./web-awesome.tsx";

/** A button for what cannot be taken back: it asks before it does it. */
export function AskFirst({
  label,
  title,
  explain,
  onYes,
}: {
  readonly label: string;
  readonly title: string;
  readonly explain: string;
  readonly onYes: () => void;
}): VNode {
  const [isAsking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button variant="danger" appearance="outlined" onClick={() => setAsking(true)}>
        {label}
      </Button>
      {isAsking && (
        <Dialog label={title} open onwa-after-hide={closedBy(close)}>
          <p>{explain}</p>
          <div slot="footer" class="dialog-actions">
            <Button appearance="outlined" onClick={close}>
              {t.value.state.cancel}
            </Button>
            <Button
              variant="danger"
              onClick={() => {
                close();
                onYes();
              }}
            >
              {label}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
