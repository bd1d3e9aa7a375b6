import { MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { GOOD_LINK } from "@loa/simulator/virtual/virtual-link.ts";
import { expect, test } from "vitest";
import { world } from "../support/world.ts";

/** Red without the resend of the outbox: nothing but another copy can bring what the broker lost. */
test("a-lost-plan-is-sent-again-until-acknowledged", async () => {
  const here = await world();
  const [box] = here.boxes;
  if (box === undefined) throw new Error("one box");
  await here.until(here.at("04:05:00"));
  box.machine.link.quality = { ...GOOD_LINK, lossRate: 1 };
  await here.order(["05:00:00"], 5);
  await here.until(here.at("04:06:00"));
  expect((await here.rows())[0]?.appliedRevision).toBeLessThan((await here.rows())[0]?.wantedRevision ?? 0);
  // The line is good again, and the connection was never lost: nobody asks for the plan but the outbox itself.
  box.machine.link.quality = GOOD_LINK;
  await here.until(here.at("05:30:00"));
  expect(here.heard(box)).toHaveLength(1);
  const [row] = await here.rows();
  expect(row?.appliedRevision).toBe(row?.wantedRevision);
});

test("a stop that got lost on the way is sent again and obeyed", async () => {
  const here = await world();
  const [box] = here.boxes;
  if (box === undefined) throw new Error("one box");
  await here.order(["05:00:00"], 10);
  await here.until(here.at("05:02:00"));
  box.machine.link.quality = { ...GOOD_LINK, lossRate: 1 };
  await here.stop();
  await here.until(plus(here.at("05:02:00"), 1_000));
  box.machine.link.quality = GOOD_LINK;
  await here.until(here.at("05:30:00"));
  const [sound] = here.heard(box);
  expect(sound?.to).toBeLessThan(plus(here.at("05:02:00"), MINUTE_MS));
});

test("a doubled and late plan changes nothing", async () => {
  const here = await world();
  const [box] = here.boxes;
  if (box === undefined) throw new Error("one box");
  box.machine.link.quality = { ...GOOD_LINK, doubleRate: 0.5, lateRate: 0.5, lateMs: 5 * MINUTE_MS };
  await here.order(["05:00:00"], 5);
  await here.until(here.at("05:30:00"));
  expect(here.heard(box)).toHaveLength(1);
});
