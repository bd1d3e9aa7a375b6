import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { BoxDirectory } from "./box-directory.ts";
import { afterMeeting, type CloneSign, type Meeting, type Meetings } from "./domain/cloning.ts";
import { writeAudit } from "./store/audit.ts";
import { type BoxClone, insertClone } from "./store/box-clones.ts";
import type { Database } from "./store/database.ts";
import type { Work } from "./work.ts";

/** Notices cards that were copied: two machines that say they are one box. */
export interface CloneKeeper {
  /** A box has come in. */
  met(box: BoxId, meeting: Meeting): void;
  /** Told from elsewhere: two renewals of one certificate. */
  found(box: BoxId, sign: CloneSign): Promise<void>;
  of(box: BoxId): BoxClone | null;
  /** Somebody has looked, or the box is out of service. What was seen before counts no more. */
  forget(box: BoxId): void;
}

export interface CloneKeeperParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly db: Database;
  readonly work: Work;
  readonly directory: BoxDirectory;
  readonly touch: (box: BoxId) => void;
}

export function createCloneKeeper(parts: CloneKeeperParts, known: readonly BoxClone[]): CloneKeeper {
  const { clock, log, db, work, directory } = parts;
  const clones = new Map(known.map((one) => [one.box, one]));
  const meetings = new Map<BoxId, Meetings>();

  async function found(box: BoxId, sign: CloneSign): Promise<void> {
    if (clones.has(box)) return;
    const one = { box, at: clock.now(), sign };
    clones.set(box, one);
    log.warn("box.cloned", { box, sign: sign.kind });
    parts.touch(box);
    await db.transaction().execute(async (tx) => {
      if (!(await insertClone(tx, one))) return;
      const areaId = directory.find(box)?.cluster.areaId ?? null;
      const detail = { ...sign };
      await writeAudit(tx, {
        at: one.at,
        userId: null,
        act: "box.cloned",
        subject: `box:${box}`,
        areaId,
        detail,
      });
    });
  }

  return {
    met(box, meeting) {
      const { meetings: next, sign } = afterMeeting(meetings.get(box) ?? null, meeting, clock.now());
      meetings.set(box, next);
      if (sign !== null && !clones.has(box)) work.run("note-clone", () => found(box, sign));
    },
    found,
    of: (box) => clones.get(box) ?? null,
    forget(box) {
      clones.delete(box);
      meetings.delete(box);
      parts.touch(box);
    },
  };
}
