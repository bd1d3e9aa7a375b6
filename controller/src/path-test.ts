import type { Clock, Log, Random, Timers } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type AreaCommand, sayAreaCommand, writeAreaCommand } from "./area-command.ts";
import type { BoxDirectory } from "./box-directory.ts";
import type { Publisher } from "./bus/publisher.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { answersTo } from "./store/outbox.ts";
import {
  insertPathTest,
  lastPathTestAt,
  type PathTest,
  setJudged,
  unjudgedPathTests,
} from "./store/path-tests.ts";
import type { Work } from "./work.ts";

/** IPAWS 2023: a certificate had expired, and nobody knew until the test of the year. */
const EVERY_MS = 7 * DAY_MS;
/** Who has not answered by then has not passed. */
export const PATH_TEST_VALID_MS = 10 * MINUTE_MS;
const ROUND_MS = 5 * MINUTE_MS;
/** Not in the rush of a start. */
const FIRST_AFTER_MS = 5 * MINUTE_MS;

export interface PathTestParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Log;
  readonly db: Database;
  readonly work: Work;
  readonly publisher: Publisher;
  readonly directory: BoxDirectory;
}

/** Sends a test down the way of emergencies: signed, on the area's topic, checked and written at each box, no sound. */
export async function testPath(
  { clock, random, db, work, publisher, directory }: PathTestParts,
  area: AreaId,
  by: UserId | null,
): Promise<PathTest> {
  const at = clock.now();
  const command: AreaCommand = {
    id: newCommandId(at, random),
    kind: "test",
    body: {},
    boxes: directory.below(area),
    expiresAt: plus(at, PATH_TEST_VALID_MS),
    ...{ area, at },
  };
  const test: PathTest = { id: command.id, areaId: area, at, by, judgedAt: null };
  await db.transaction().execute(async (tx) => {
    await insertPathTest(tx, test);
    await writeAudit(tx, {
      ...{ at, userId: by, act: "path-test.sent" as const, subject: `path-test:${command.id}`, areaId: area },
      detail: { boxes: command.boxes.length },
    });
    await writeAreaCommand(tx, work, command);
  });
  sayAreaCommand(publisher, command, clock.monotonic());
  return test;
}

/** Once a week for the whole province, and says who did not pass. Answers how to end it. */
export function keepPathTests(parts: PathTestParts, provinces: () => Promise<readonly AreaId[]>): () => void {
  const { clock, timers, work, db, log } = parts;
  let isClosed = false;
  let cancel = timers.after(FIRST_AFTER_MS, round);

  function round(): void {
    work.run("path-test", async () => {
      await judge();
      const last = await lastPathTestAt(db);
      if (last !== null && clock.now() < plus(last, EVERY_MS)) return;
      for (const area of await provinces()) await testPath(parts, area, null);
    });
    if (!isClosed) cancel = timers.after(ROUND_MS, round);
  }

  /** Of those whose time is over. */
  async function judge(): Promise<void> {
    const now = clock.now();
    for (const test of await unjudgedPathTests(db, plus(now, -PATH_TEST_VALID_MS))) {
      const answers = await answersTo(db, test.id);
      const passed = answers.filter((one) => one.state === "accepted").length;
      const detail = { boxes: answers.length, passed };
      if (passed < answers.length) log.error("path-test.not-passed", detail);
      await db.transaction().execute(async (tx) => {
        await setJudged(tx, test.id, now);
        await writeAudit(tx, {
          ...{ at: now, userId: null, act: "path-test.judged" as const, areaId: test.areaId },
          subject: `path-test:${test.id}`,
          detail,
        });
      });
    }
  }

  return () => {
    isClosed = true;
    cancel();
  };
}
