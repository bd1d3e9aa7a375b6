import {
  type Approver,
  isRoomy,
  proposeRoster,
  rosterExpiries,
} from "@loa/controller/domain/roster-proposal.ts";
import { keepExpiryAlarms } from "@loa/controller/expiry-alarms.ts";
import { createWork } from "@loa/controller/work.ts";
import type { AreaId, UserId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, type LocalDate, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { newSoftwareKey, publicKeyOfSoftware } from "@loa/shared/node/software-authenticator.ts";
import { APPROVERS_OUTLIVE_MS } from "@loa/shared/trust/authority.ts";
import { MAX_ROSTER_BYTES, rosterText } from "@loa/shared/trust/roster.ts";
import { expect, onTestFinished, test } from "vitest";
import { createLogBook } from "../../support/log-book.ts";
import { createTestTime } from "../../support/test-time.ts";
import { rootOf, rootPairs } from "../../support/trust-world.ts";

const time = createTestTime();
const now = time.clock.now();
const controller = { issuer: "controller", publicKey: newKeyPair().publicKey };

function approver(
  name: string,
  grants: readonly (readonly [area: string, from: string, to: string | null])[],
) {
  const key = newSoftwareKey("localhost", "http://localhost");
  return {
    person: name as UserId,
    name,
    keyHash: Buffer.from(name).toString("hex").padEnd(64, "0"),
    credential: key.credential,
    algorithm: key.algorithm,
    publicKey: publicKeyOfSoftware(key),
    grants: grants.map(([area, from, to]) => ({
      areaId: area as AreaId,
      from: from as LocalDate,
      to: to as LocalDate | null,
    })),
  } satisfies Approver;
}

const proposed = (...approvers: readonly Approver[]) =>
  proposeRoster(
    null,
    {
      province: "tinh" as AreaId,
      root: rootOf(rootPairs),
      approvals: { actual: 2, exercise: 1 },
      safety: null,
      validDays: 365,
      after: 0,
      approvers,
      site: { rpId: "localhost", origin: "http://localhost" },
      controller,
    },
    now,
  );

test("areas of the same time stand in one grant, and whoever has no time left has no key", () => {
  const { keys } = proposed(
    approver("lan", [
      ["an", "2026-01-01", null],
      ["binh", "2026-01-01", null],
      ["cu", "2026-01-01", "2026-12-01"],
    ]),
    approver("minh", [["an", "2026-01-01", "2026-11-01"]]),
    approver("hai", [["an", "2027-01-01", null]]),
  );
  expect(keys.map((key) => key.holder?.name ?? key.id)).toEqual(["controller", "lan", "hai"]);
  expect(keys[1]?.grants.map(({ areas }) => areas)).toEqual([["an", "binh"], ["cu"]]);
  expect(keys[2]?.grants[0]?.from).toBeGreaterThan(now);
});

test("the controller approves nothing, and no box's clock that lags behind refuses it", () => {
  const [own] = proposed().keys;
  expect(own).toMatchObject({ id: "controller", holder: null, passkey: null });
  expect(own?.grants[0]?.classes).toEqual(["ordinary", "stop", "emergency"]);
  expect(own?.grants[0]?.from).toBeLessThan(now);
});

test("a roster that nobody renewed is complained about long before a key of it ends", () => {
  const roster = proposed(approver("lan", [["an", "2026-01-01", "2027-01-01"]]));
  const [first, second, last] = rosterExpiries(roster, plus(now, 20 * DAY_MS));
  expect(first).toMatchObject({ what: "key", holder: "lan", state: "expiring", alarmDays: 30 });
  expect(second).toMatchObject({ what: "roster", state: "valid" });
  expect(last).toMatchObject({ what: "key", key: "controller" });
  expect((last?.at ?? 0) - (second?.at ?? 0)).toBe(90 * DAY_MS);
});

test("whoever may approve without an end can still warn when the control room's own key has ended", () => {
  const { expiresAt, keys } = proposed(
    approver("lan", [["an", "2026-01-01", null]]),
    approver("minh", [["an", "2026-01-01", "2027-01-01"]]),
  );
  const [own, lan, minh] = keys.map(({ grants }) => grants[0]?.to ?? 0);
  expect(own).toBe(plus(expiresAt, 90 * DAY_MS));
  expect(lan).toBe(plus(expiresAt, APPROVERS_OUTLIVE_MS));
  expect(minh).toBeLessThan(own ?? 0);
});

test("the end of a roster is said in the log, once at each of its thresholds and when it is there", async () => {
  const log = createLogBook();
  const roster = proposed();
  const work = createWork(time.timers, log);
  const alarms = keepExpiryAlarms({
    ...{ clock: time.clock, timers: time.timers, log, work, authority: null },
    db: null as never,
    rosters: { inForce: () => roster },
    standings: { inForce: () => [] },
  });
  onTestFinished(alarms.close);
  await time.advance(366 * DAY_MS);
  const said = log.lines.filter(
    ({ event, fields }) => event === "roster.expiring" && fields.what === "roster",
  );
  expect(said.map(({ fields }) => [fields.state, fields.alarmDays])).toEqual([
    ...[60, 30, 14, 7, 1].map((days) => ["expiring", days]),
    ["expired", 1],
  ]);
});

test("approvers for whom it has no room are not left out in silence: it is not proposed", () => {
  const some = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      approver(`${index}-nguyen-van`, [["tinh", "2026-01-01", null]]),
    );
  expect(isRoomy(proposed(...some(60)))).toBe(true);
  expect(proposed(...some(150)).keys).toHaveLength(151);
  expect(isRoomy(proposed(...some(150)))).toBe(false);
  const most = Array.from({ length: 150 }, (_, index) => index).findLast((count) =>
    isRoomy(proposed(...some(count))),
  );
  expect(rosterText(proposed(...some(most ?? 0))).length).toBeLessThanOrEqual(MAX_ROSTER_BYTES);
});
