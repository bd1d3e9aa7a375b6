import type { VNode } from "preact";
import { useRef, useState } from "preact/hooks";
import * as calls from "../api/calls.ts";
import type { Problem } from "../api/http.ts";
import type { StoredClip } from "../api/shapes.ts";
import { type UploadProgress, uploadClip } from "../api/upload.ts";
import { t } from "../i18n/language.ts";
import { durationText } from "../view/ages.ts";
import { ClipCard } from "./clip-card.tsx";
import { Refusal, useAnswer } from "./loaded.tsx";
import { RecordButton } from "./record-button.tsx";
import { Button, Icon, Option, ProgressBar, Select, Spinner, textOf } from "./web-awesome.tsx";

type Upload =
  | { readonly kind: "none" }
  | { readonly kind: "sending"; readonly progress: UploadProgress }
  | { readonly kind: "refused"; readonly problem: Problem };

/** A new file, or one that is already here. */
export function ClipChoice({
  chosen,
  onChoose,
}: {
  readonly chosen: StoredClip | null;
  readonly onChoose: (clip: StoredClip | null) => void;
}): VNode {
  const stored = useAnswer(calls.clips, []);
  const [upload, setUpload] = useState<Upload>({ kind: "none" });
  const words = t.value.broadcast;
  const take = async (file: File) => {
    onChoose(null);
    const answer = await uploadClip(file, (progress) => setUpload({ kind: "sending", progress }));
    if (!answer.ok) {
      setUpload({ kind: "refused", problem: answer.error });
      return;
    }
    setUpload({ kind: "none" });
    onChoose(answer.value);
    stored.reload();
  };
  const clips = stored.value?.clips ?? [];
  return (
    <>
      <FileButton isBusy={upload.kind === "sending"} onFile={(file) => void take(file)} />
      <RecordButton isBusy={upload.kind === "sending"} onFile={(file) => void take(file)} />
      {upload.kind === "sending" && <Progress progress={upload.progress} />}
      {upload.kind === "refused" && <Refusal problem={upload.problem} />}
      {clips.length > 0 && (
        <Select
          label={words.orStored}
          value={chosen?.sha256 ?? ""}
          onChange={(event) => onChoose(clips.find((one) => one.sha256 === textOf(event)) ?? null)}
        >
          <Option value="">{words.noneChosen}</Option>
          {clips.map((one) => (
            <Option key={one.sha256} value={one.sha256}>
              {one.fileName} ({durationText(one.durationMs)})
            </Option>
          ))}
        </Select>
      )}
      {chosen !== null && <ClipCard clip={chosen} />}
    </>
  );
}

/** The browser's own file input does the work (and is what a screen reader meets); a drop on the area counts too. */
function FileButton({
  isBusy,
  onFile,
}: {
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
}): VNode {
  const input = useRef<HTMLInputElement>(null);
  const words = t.value.broadcast;
  const take = (files: FileList | null | undefined) => {
    const [file] = files ?? [];
    if (file !== undefined) onFile(file);
    if (input.current !== null) input.current.value = "";
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    if (!isBusy) take(event.dataTransfer?.files);
  };
  return (
    <section
      class="drop"
      aria-label={words.clipStep}
      onDragOver={(event) => event.preventDefault()}
      onDrop={drop}
    >
      <label class="visually-hidden" for="clip-file">
        {words.chooseFile}
      </label>
      <input
        id="clip-file"
        ref={input}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        accept="audio/*,.mp3,.m4a,.aac,.ogg,.opus,.flac,.wav"
        onChange={() => take(input.current?.files)}
      />
      <Button variant="brand" appearance="outlined" disabled={isBusy} onClick={() => input.current?.click()}>
        <Icon slot="start" name="upload" />
        {words.chooseFile}
      </Button>
      <p class="quiet">{words.fileHint}</p>
    </section>
  );
}

/** First the way to the controller, then what it does with the file: two lengths that have nothing to do with each other. */
function Progress({ progress }: { readonly progress: UploadProgress }): VNode {
  const words = t.value.broadcast;
  const { percent } = progress;
  const label = progress.kind === "sending" ? words.uploading : words.ingest[progress.phase];
  return (
    <>
      <p class="waiting" role="status">
        <Spinner /> {label}
      </p>
      <ProgressBar value={percent} label={label}>{`${percent} %`}</ProgressBar>
    </>
  );
}
