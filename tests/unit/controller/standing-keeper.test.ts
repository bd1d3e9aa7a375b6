import type { KeptApproval } from "@loa/controller/domain/standing-approvals.ts";
import { createStandingKeeper, MAX_STANDING } from "@loa/controller/standing-keeper.ts";
import type { AreaTree } from "@loa/shared/broadcast/area.ts";
import { areaId, standingApprovalId, userId } from "@loa/shared/kernel/ids.ts";
import { asMonotonic } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { standingApprovalText } from "@loa/shared/trust/standing-approval.ts";
import { MAX_WITHDRAWN } from "@loa/shared/wire/bodies.ts";
import { expect, test } from "vitest";
import { quietLog } from "../../support/media-bench.ts";
import { approvedStanding, persons } from "../../support/roster-world.ts";
import { signingService } from "../../support/signed-cap.ts";
import { standingOf } from "../../support/standing-approvals.ts";
import { now, personKey, rosterWith } from "../../support/trust-world.ts";

const service = await signingService("ec");
const [hai, ba] = [userId.parse("hai"), userId.parse("ba")];
const roster = rosterWith([
  personKey("hai", persons.hai, ["approve-actual"], ["tinh"]),
  personKey("ba", persons.ba, ["approve-actual"], ["tinh"]),
]);

function keptOf(name: string, change: Partial<KeptApproval> = {}): KeptApproval {
  const approved = standingOf(service, now, {
    id: standingApprovalId.parse(name),
    areas: [areaId.parse("tinh")],
  });
  const [approval] = approvedStanding(approved, ["hai"]).approvals;
  if (approval === undefined) throw new Error("nobody has signed");
  return {
    ...{ approved, payload: standingApprovalText(approved), approvals: [{ person: hai, at: now, approval }] },
    ...{ grantedAt: null, withdrawn: null, uses: 0, lastUsedAt: null },
    ...change,
  };
}

function keeperOf(past: readonly KeptApproval[], commit: () => Promise<void> = async () => {}) {
  const clock = { now: () => now, monotonic: () => asMonotonic(0) };
  const tree: AreaTree = { parentOf: new Map([[areaId.parse("tinh"), null]]), childrenOf: new Map() };
  const parts = { clock, crypto: nodeCrypto, log: quietLog, commit, roster: () => roster, tree: () => tree };
  return createStandingKeeper({ ...parts, withdrawnChanged() {} }, past);
}

test("what was taken back stays so when an approval given at the same time cannot be written down", async () => {
  const one = keptOf("lu-quet");
  const fails = Promise.withResolvers<void>();
  const ends = [fails.promise, Promise.resolve()];
  const keeper = keeperOf([one], async () => await ends.shift());
  const { id } = one.approved;
  const [approval] = approvedStanding(one.approved, ["ba"]).approvals;
  if (approval === undefined) throw new Error("nobody has signed");
  const approving = keeper.approve(id, { person: ba, approval });
  await keeper.withdraw(id, hai);
  fails.reject(new Error("the disk"));
  await expect(approving).rejects.toThrow("the disk");
  expect(keeper.find(id)).toMatchObject({ withdrawn: { by: "hai" }, approvals: [{ person: "hai" }] });
  expect(keeper.withdrawn()).toMatchObject([{ id }]);
});

test("no more can be written than boxes can be told were taken back", () => {
  const taken = (count: number) =>
    Array.from({ length: count }, (_, at) => keptOf(`cu-${at}`, { withdrawn: { at: now, by: hai } }));
  const standing = (count: number) => Array.from({ length: count }, (_, at) => keptOf(`moi-${at}`));
  expect(keeperOf(taken(MAX_WITHDRAWN - 1)).hasRoom()).toBe(true);
  expect(keeperOf([...taken(MAX_WITHDRAWN - 2), ...standing(2)]).hasRoom()).toBe(false);
  expect(keeperOf(standing(MAX_STANDING - 1)).hasRoom()).toBe(true);
  expect(keeperOf(standing(MAX_STANDING)).hasRoom()).toBe(false);
});
