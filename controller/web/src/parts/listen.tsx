import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { Button, Icon } from "./web-awesome.tsx";

/** What a simulated loudspeaker plays now. The stream is opened only on request: it never ends by itself. */
export function Listen({ url }: { readonly url: string }): VNode {
  const [isOpen, setOpen] = useState(false);
  const words = t.value.box;
  return (
    <div class="listen">
      {isOpen ? (
        // biome-ignore lint/a11y/useMediaCaption: a live loudspeaker has no captions; what is on air is named beside it.
        <audio src={url} controls autoplay aria-label={words.listen} />
      ) : (
        <Button variant="brand" onClick={() => setOpen(true)}>
          <Icon slot="start" name="loudspeaker" />
          {words.listen}
        </Button>
      )}
      <a href={`${url}/last.wav?seconds=30`} target="_blank" rel="noreferrer">
        {words.listenLast}
      </a>
      <p class="quiet">{words.listenHint}</p>
    </div>
  );
}
