import type { Content, ContentFailure, ContentReport, WantedFile } from "@loa/edge-agent/ports.ts";
import type { Crypto } from "@loa/shared/kernel/ambient.ts";
import type { Sha256 } from "@loa/shared/kernel/ids.ts";
import { NO_TRAFFIC, plusTraffic } from "@loa/shared/wire/traffic.ts";
import type { VirtualLink } from "./virtual-link.ts";
import { downloadTraffic } from "./virtual-meter.ts";
import type { VirtualDisk } from "./virtual-store.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** The folder of clips of a box. Only whole, checked files are in it, so a power cut takes nothing away. */
export interface ClipFolder {
  readonly files: Map<Sha256, Uint8Array>;
  /** What happens to a download at the moment. */
  trouble: ContentTrouble | null;
  /** Downloads that were begun, for the tests. */
  downloads: number;
}
export type ContentTrouble = "unreachable" | "corrupt" | "truncated";

export function createClipFolder(): ClipFolder {
  return { files: new Map(), trouble: null, downloads: 0 };
}

/** What the controller answers to `GET /content/v1/{sha256}` with the credential of a box. */
export type Download = (sha256: Sha256) => Promise<{ readonly status: number; readonly bytes: Uint8Array }>;

export interface VirtualContentParts {
  readonly time: VirtualTime;
  readonly link: VirtualLink;
  readonly folder: ClipFolder;
  readonly disk: VirtualDisk;
  readonly crypto: Crypto;
  readonly download: Download;
  readonly isAlive: () => boolean;
}

const TIMEOUT_MS = 60_000;
const UNREACHABLE_MS = 3_000;

export function createVirtualContent(parts: VirtualContentParts): Content {
  const { time, link, folder, isAlive } = parts;
  const listeners: ((report: ContentReport) => void)[] = [];
  let traffic = NO_TRAFFIC;
  const report = (one: ContentReport) => {
    if (!isAlive()) return;
    for (const listener of listeners) listener(one);
  };
  return {
    list: () => [...folder.files.keys()],
    fetch(file) {
      if (!isAlive()) return;
      folder.downloads += 1;
      let isAnswered = false;
      const answer = (failure: ContentFailure | null) => {
        if (isAnswered) return;
        isAnswered = true;
        const { sha256 } = file;
        report(failure === null ? { kind: "fetched", sha256 } : { kind: "failed", sha256, reason: failure });
      };
      if (link.cut === "both" || folder.trouble === "unreachable") {
        time.after(UNREACHABLE_MS, () => answer("unreachable"));
        return;
      }
      time.after(TIMEOUT_MS, () => answer("timeout"));
      link.carry("up", isAlive, async () => {
        const reply = await parts.download(file.sha256);
        traffic = plusTraffic(traffic, downloadTraffic(reply.bytes.length));
        link.carry(
          "down",
          () => isAlive() && !isAnswered,
          () => answer(take(parts, file, reply)),
        );
      });
    },
    verify(sha256) {
      if (!isAlive()) return;
      time.after(0, () => {
        const bytes = folder.files.get(sha256);
        if (bytes !== undefined && parts.crypto.sha256Hex(bytes) === sha256) {
          report({ kind: "fetched", sha256 });
          return;
        }
        folder.files.delete(sha256);
        report({ kind: "failed", sha256, reason: bytes === undefined ? "not-found" : "wrong-hash" });
      });
    },
    readText(sha256) {
      const bytes = folder.files.get(sha256);
      return bytes === undefined ? null : new TextDecoder().decode(bytes);
    },
    remove: (sha256) => void (isAlive() && folder.files.delete(sha256)),
    onReport: (listener) => void listeners.push(listener),
    traffic: () => traffic,
  };
}

function take(
  parts: VirtualContentParts,
  file: WantedFile,
  reply: Awaited<ReturnType<Download>>,
): ContentFailure | null {
  const { folder, disk, crypto } = parts;
  if (reply.status === 404) return "not-found";
  if (reply.status === 0 || reply.status >= 500) return "unreachable";
  if (reply.status !== 200) return "refused";
  const bytes = spoil(reply.bytes, folder.trouble);
  // Less than promised is a broken transfer, which the next try goes on with.
  if (file.sizeBytes !== null && bytes.length < file.sizeBytes) return "unreachable";
  if (file.sizeBytes !== null && bytes.length > file.sizeBytes) return "wrong-size";
  if (crypto.sha256Hex(bytes) !== file.sha256) return "wrong-hash";
  if (disk.failure !== null) return "disk-full";
  folder.files.set(file.sha256, bytes);
  return null;
}

function spoil(bytes: Uint8Array, trouble: ContentTrouble | null): Uint8Array {
  if (trouble === "truncated") return bytes.subarray(0, bytes.length >> 1);
  if (trouble !== "corrupt") return bytes;
  const spoiled = bytes.slice();
  spoiled[0] = (spoiled[0] ?? 0) ^ 0xff;
  return spoiled;
}
