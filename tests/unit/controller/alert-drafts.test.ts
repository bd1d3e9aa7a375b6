import { createAlertDrafts } from "@loa/controller/alert-drafts.ts";
import type { Draft } from "@loa/controller/domain/drafts.ts";
import { areaId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import { readCap } from "@loa/shared/node/cap/read-cap.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import type { ApprovedOrder } from "@loa/shared/trust/order.ts";
import { expect, test } from "vitest";
import { capInfo, capMessage } from "../../support/cap-messages.ts";
import { createLogBook } from "../../support/log-book.ts";
import { capTime } from "../../support/standing-approvals.ts";
import { createTestTime } from "../../support/test-time.ts";
import { machineKey, rosterWith } from "../../support/trust-world.ts";

const { clock } = createTestTime();
const expires = `<expires>${capTime(plus(clock.now(), HOUR_MS))}</expires>`;
const read = readCap(new TextEncoder().encode(capMessage({ infos: capInfo({ expires }) })));
if (!read.ok) throw new Error(JSON.stringify(read.error));
const alert = read.value;

const named = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => areaId.parse(`${"a".repeat(length)}-${index}`));

test("an alert for more areas than one order has room for waits for somebody to look at it", async () => {
  const log = createLogBook();
  const added: ApprovedOrder[] = [];
  const drafts = createAlertDrafts({
    ...{ clock, log, crypto: nodeCrypto, raised: () => [] },
    rosters: { inForce: () => rosterWith([machineKey("k".repeat(43) as never)]) },
    drafts: {
      find: () => null,
      withdraw: async () => null,
      add: async (order) => {
        added.push(order);
        return { order } as Draft;
      },
    },
  });
  await drafts.heed(alert, named(200, 58));
  expect(added).toEqual([]);
  expect(log.lines).toMatchObject([{ level: "warn", event: "alert.not-drafted" }]);
  await drafts.heed(alert, named(200, 12));
  expect(added).toHaveLength(1);
});
