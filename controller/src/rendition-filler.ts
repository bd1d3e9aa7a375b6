import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail, type Result } from "@loa/shared/kernel/result.ts";
import { MAX_SOURCE_BYTES } from "./media/media-limits.ts";
import type { IngestFailure, MadeRendition, Media } from "./media/media-port.ts";
import type { Blobs } from "./ports.ts";
import type { Database } from "./store/database.ts";
import { keptOriginals } from "./store/originals.ts";
import {
  insertRendition,
  type LackingRendition,
  lackingRenditions,
  wantedKinds,
} from "./store/renditions.ts";
import type { UploadFailure, Uploads } from "./uploads.ts";
import type { Work } from "./work.ts";

/**
 * Makes what areas want and older clips lack: new clips come with everything that was wanted then. Meanwhile boxes get
 * the base rendition.
 */
export interface RenditionFiller {
  /** Something that is wanted may have changed. Cheap where every area takes the base rendition. */
  look(): void;
  close(): void;
}

export interface FillerParts {
  readonly db: Database;
  readonly blobs: Blobs;
  readonly media: Media;
  readonly uploads: Uploads;
  readonly work: Work;
  readonly log: Log;
  /** Plans may name other files now. */
  readonly filled: () => void;
}

/** Plans are made anew once for so many clips. */
const CLIPS_A_ROUND = 20;

/** These say nothing of the clip: the next look tries again. */
const passing: ReadonlySet<string> = new Set(["busy", "timeout", "tool-missing", "disk-full", "io"]);

type FillFailure = IngestFailure | UploadFailure | "no-bytes";

export function createRenditionFiller(parts: FillerParts): RenditionFiller {
  const { db, work, log } = parts;
  const hopeless = new Set<string>();
  let isAsked = false;
  let isRunning = false;
  let isClosed = false;

  async function fillAll(): Promise<void> {
    while (isAsked && !isClosed) {
      isAsked = false;
      for (const kind of await wantedKinds(db)) {
        while ((await fillSome(kind)) > 0) parts.filled();
      }
    }
  }

  /** How many it made; 0 when there is nothing more to do, or nothing can be done now. */
  async function fillSome(kind: LackingRendition["kind"]): Promise<number> {
    let made = 0;
    const lacking = await lackingRenditions(db, kind, CLIPS_A_ROUND + hopeless.size);
    for (const one of lacking.filter((each) => !hopeless.has(nameOf(each)))) {
      if (isClosed) return 0;
      const filled = await fillOne(parts, one);
      if (filled.ok) made += 1;
      else if (passing.has(filled.error)) return made;
      else hopeless.add(nameOf(one));
      if (!filled.ok) log.warn("rendition.failed", { clip: one.clip, kind, reason: filled.error });
      await work.breathe();
    }
    return made;
  }

  return {
    look() {
      isAsked = true;
      if (isRunning || isClosed) return;
      isRunning = true;
      work.run("renditions", async () => {
        try {
          await fillAll();
        } finally {
          isRunning = false;
        }
      });
    },
    close() {
      isClosed = true;
    },
  };
}

function nameOf({ clip, kind }: LackingRendition): string {
  return `${clip} ${kind}`;
}

async function fillOne(
  parts: FillerParts,
  one: LackingRendition,
): Promise<Result<MadeRendition, FillFailure>> {
  const { db, blobs, media, uploads } = parts;
  const isKept = (await keptOriginals(db, [one.sourceSha256])).has(one.sourceSha256);
  // The base rendition has lost a little already, and its silence: it is what there is.
  const from = isKept ? one.sourceSha256 : one.clip;
  const sizeBytes = await blobs.size(from);
  if (sizeBytes === null) return fail("no-bytes");
  const file = await uploads.receive(blobs.read(from, 0, sizeBytes), MAX_SOURCE_BYTES, sizeBytes);
  if (!file.ok) return file;
  try {
    const startMs = isKept ? one.startMs : 0;
    const made = await media.encode({ ...one, path: file.value.path, startMs });
    if (!made.ok) return fail(made.error.reason);
    const kept = await blobs.put(made.value.sha256, made.value.path);
    if (!kept.ok) return kept;
    await insertRendition(db, one.clip, made.value);
    return made;
  } finally {
    await file.value.remove();
  }
}
