import { type Answer, parse } from "./http.ts";
import { type StoredClip, uploaded } from "./shapes.ts";

/** Sends an audio file and says how far it is (0 to 1). `fetch` cannot tell the progress of what it sends. */
export function uploadClip(file: File, onProgress: (share: number) => void): Promise<Answer<StoredClip>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const unreachable = () =>
      resolve({ ok: false, error: { status: 0, code: "unreachable", detail: null, body: null } });
    request.open("POST", `/api/v1/clips?${new URLSearchParams({ fileName: file.name })}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      const answer = parse(uploaded, request.status, request.responseText);
      resolve(answer.ok ? { ok: true, value: answer.value.clip } : answer);
    };
    request.onerror = unreachable;
    request.onabort = unreachable;
    request.send(file);
  });
}
