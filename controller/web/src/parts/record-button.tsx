import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n/language.ts";
import { durationText } from "../view/ages.ts";
import { Mark } from "./mark.tsx";
import { Button, Icon } from "./web-awesome.tsx";

/** Longer ones are written down and read out by somebody with time. */
const LONGEST_MS = 10 * 60_000;
const TICK_MS = 500;

type Recording =
  | { readonly kind: "idle" }
  | { readonly kind: "refused" }
  | { readonly kind: "running"; readonly recorder: MediaRecorder; readonly startedAt: number };

/** Speaks a message into the microphone of this phone or computer. Absent where the browser gives no microphone. */
export function RecordButton({
  isBusy,
  onFile,
}: {
  readonly isBusy: boolean;
  readonly onFile: (file: File) => void;
}): VNode | null {
  const [recording, setRecording] = useState<Recording>({ kind: "idle" });
  const words = t.value.broadcast.record;
  // Whoever leaves the page takes the microphone with them.
  const latest = useRef<Recording>(recording);
  latest.current = recording;
  useEffect(() => () => release(latest.current), []);
  if (typeof MediaRecorder === "undefined" || navigator.mediaDevices === undefined) return null;
  const start = async () => {
    const recorder = await openRecorder((file) => {
      setRecording({ kind: "idle" });
      onFile(file);
    });
    setRecording(
      recorder === null ? { kind: "refused" } : { kind: "running", recorder, startedAt: performance.now() },
    );
  };
  return (
    <div class="actions" role="status">
      {recording.kind === "running" ? (
        <>
          <Button variant="danger" onClick={() => recording.recorder.stop()}>
            <Icon slot="start" name="stop" />
            {words.stop}
          </Button>
          <Elapsed since={recording.startedAt} onEnd={() => recording.recorder.stop()} />
        </>
      ) : (
        <Button variant="brand" appearance="outlined" disabled={isBusy} onClick={() => void start()}>
          <Icon slot="start" name="wave" />
          {words.start}
        </Button>
      )}
      {recording.kind === "refused" && <Mark tone="bad" icon="cross" text={words.refused} />}
    </div>
  );
}

function Elapsed({ since, onEnd }: { readonly since: number; readonly onEnd: () => void }): VNode {
  const [passedMs, setPassed] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setPassed(performance.now() - since), TICK_MS);
    return () => clearInterval(timer);
  }, [since]);
  useEffect(() => {
    if (passedMs > LONGEST_MS) onEnd();
  }, [passedMs > LONGEST_MS]);
  return <Mark tone="bad" icon="wave" text={t.value.broadcast.record.running(durationText(passedMs))} />;
}

/** Null where the person or the browser gives no microphone. */
async function openRecorder(onFile: (file: File) => void): Promise<MediaRecorder | null> {
  try {
    // The loudness is measured and brought right at ingest; what the browser would do to it only takes from speech.
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { autoGainControl: false, noiseSuppression: true, echoCancellation: false },
    });
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.onstop = () => {
      close(stream);
      const { mimeType } = recorder;
      const ending = mimeType.includes("mp4") ? "m4a" : "webm";
      onFile(new File(parts, `${t.value.broadcast.record.fileName}.${ending}`, { type: mimeType }));
    };
    recorder.start();
    return recorder;
  } catch {
    return null;
  }
}

function release(recording: Recording): void {
  if (recording.kind !== "running") return;
  recording.recorder.onstop = null;
  close(recording.recorder.stream);
}

function close(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
