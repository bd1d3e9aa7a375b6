import type { VNode } from "preact";
import * as calls from "../api/calls.ts";
import type { StoredClip } from "../api/shapes.ts";
import { t } from "../i18n/language.ts";
import { sayNumber } from "../i18n/say.ts";
import { durationText } from "../view/ages.ts";
import { waveformPath } from "../view/plot.ts";
import { Mark } from "./mark.tsx";
import { SpokenText } from "./spoken-text.tsx";

const width = 800;
const height = 72;

export function ClipCard({ clip }: { readonly clip: StoredClip }): VNode {
  const words = t.value.broadcast;
  const facts = [durationText(clip.durationMs)];
  if (clip.loudnessLufs !== null) facts.push(words.loudness(sayNumber(t.value, clip.loudnessLufs)));
  if (clip.truePeakDb !== null) facts.push(words.peak(sayNumber(t.value, clip.truePeakDb)));
  facts.push(words.gain(`${clip.gainDb > 0 ? "+" : ""}${sayNumber(t.value, clip.gainDb)}`));
  return (
    <div class="clip-card" role="status">
      <Mark tone="good" icon="check" text={clip.speech === null ? words.clipReady : t.value.speech.used} />
      <strong>{clip.fileName}</strong>
      <span class="quiet">{facts.join(" · ")}</span>
      {clip.speech !== null && <SpokenText title={t.value.speech.says} text={clip.speech.spoken} />}
      <Files clip={clip} />
      <svg
        class="waveform"
        role="img"
        aria-label={words.waveform(durationText(clip.durationMs))}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
      >
        <path d={waveformPath(clip.waveform, width, height)} />
      </svg>
      {/* biome-ignore lint/a11y/useMediaCaption: the operator's own file has no captions. */}
      <audio controls preload="none" src={calls.clipAudioUrl(clip.sha256)} aria-label={words.listen} />
    </div>
  );
}

/** What was cut away, what clusters may get of it, and what came. */
function Files({ clip }: { readonly clip: StoredClip }): VNode {
  const words = t.value.broadcast;
  const seconds = (ms: number) => sayNumber(t.value, Math.round(ms / 100) / 10);
  const isTrimmed = clip.trimmedStartMs + clip.trimmedEndMs > 0;
  const files = clip.renditions.map(
    (one) => `${one.kind} (${sayNumber(t.value, Math.round(one.sizeBytes / 1_000))} kB)`,
  );
  return (
    <span class="quiet">
      {isTrimmed && `${words.trimmed(seconds(clip.trimmedStartMs), seconds(clip.trimmedEndMs))} · `}
      {words.renditions(files.join(", "))}
      {clip.hasOriginal && (
        <>
          {" · "}
          <a href={calls.clipOriginalUrl(clip.sha256)} download={clip.fileName}>
            {words.original}
          </a>
        </>
      )}
    </span>
  );
}
