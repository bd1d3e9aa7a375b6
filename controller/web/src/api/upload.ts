import { fail, ok } from "@loa/shared/kernel/result.ts";
import * as calls from "./calls.ts";
import { type Answer, parse } from "./http.ts";
import { type IngestPhase, type StoredClip, uploaded } from "./shapes.ts";

/** `sending`: the file is on its way. `working`: the controller has all of it and makes a clip. */
export type UploadProgress =
  | { readonly kind: "sending"; readonly percent: number }
  | { readonly kind: "working"; readonly phase: IngestPhase; readonly percent: number };

/** The controller is asked this often how far it is. */
const ASK_EVERY_MS = 700;
/** Without any answer for so many times there is no use in asking. */
const MAX_UNANSWERED = 20;

let uploads = 0;

/**
 * Sends an audio file and says how far it is. `fetch` cannot tell the progress of what it sends. Where the answer gets
 * lost behind the upload (a proxy that waits no longer than a minute), the controller is asked what became of it.
 */
export async function uploadClip(
  file: File,
  onProgress: (progress: UploadProgress) => void,
): Promise<Answer<StoredClip>> {
  uploads += 1;
  // Unique for this person is enough.
  const job = `page-${Math.round(performance.timeOrigin)}-${uploads}`;
  onProgress({ kind: "sending", percent: 0 });
  let isSent = false;
  let isAnswered = false;
  const sent = send(file, job, (share) => {
    onProgress({ kind: "sending", percent: Math.floor(share * 100) });
    if (share < 1 || isSent) return;
    isSent = true;
    onProgress({ kind: "working", phase: "receiving", percent: 0 });
    void follow(job, onProgress, () => isAnswered);
  });
  const answer = await sent;
  isAnswered = true;
  const isLost = !answer.ok && answer.error.status === 0 && isSent;
  return isLost ? await outcome(job, onProgress) : answer;
}

function send(file: File, job: string, onShare: (share: number) => void): Promise<Answer<StoredClip>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const unreachable = () => resolve(lost());
    request.open("POST", `/api/v1/clips?${new URLSearchParams({ fileName: file.name, job })}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onShare(event.loaded / event.total);
    };
    request.upload.onload = () => onShare(1);
    request.onload = () => {
      const answer = parse(uploaded, request.status, request.responseText);
      resolve(answer.ok ? ok(answer.value.clip) : answer);
    };
    request.onerror = unreachable;
    request.onabort = unreachable;
    request.send(file);
  });
}

/** Tells what the controller does, until it is over or somebody else knows. */
async function follow(
  job: string,
  onProgress: (progress: UploadProgress) => void,
  isOver: () => boolean,
): Promise<Awaited<ReturnType<typeof calls.ingest>> | null> {
  let unanswered = 0;
  while (unanswered < MAX_UNANSWERED) {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    if (isOver()) return null;
    const answer = await calls.ingest(job);
    if (isOver()) return null;
    unanswered = answer.ok ? 0 : unanswered + 1;
    if (answer.ok) {
      const { phase, percent } = answer.value;
      if (phase === "done" || phase === "refused") return answer;
      onProgress({ kind: "working", phase, percent });
    }
  }
  return null;
}

async function outcome(
  job: string,
  onProgress: (progress: UploadProgress) => void,
): Promise<Answer<StoredClip>> {
  const ended = await follow(job, onProgress, () => false);
  if (ended === null || !ended.ok) return lost();
  const { clip, code } = ended.value;
  if (clip === null) return fail({ status: 422, code: code ?? "internal", detail: null, body: null });
  const stored = await calls.clips();
  if (!stored.ok) return stored;
  const found = stored.value.clips.find((one) => one.sha256 === clip);
  return found === undefined ? lost() : ok(found);
}

function lost() {
  return fail({ status: 0, code: "unreachable", detail: null, body: null });
}
