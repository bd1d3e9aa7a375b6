import { plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { world } from "../support/world.ts";

test("a-controller-restart-changes-nothing-on-the-air", async () => {
  const here = await world({ boxes: 3 });
  await here.order(["05:00:00"], 10);
  await here.until(here.at("05:03:00"));
  here.controller.kill();
  await here.until(here.at("05:04:00"));
  await here.drive(here.controller.start());
  await here.until(here.at("05:30:00"));
  for (const box of here.boxes) {
    const [sound, ...others] = here.heard(box);
    expect(others).toEqual([]);
    expect((sound?.to ?? 0) - (sound?.from ?? 0)).toBe(10 * 60 * SECOND_MS);
  }
  expect((await here.receipts()).map((one) => one.verdict)).toEqual(["heard", "heard", "heard"]);
});

test("everybody is unknown after a start of the controller until heard", async () => {
  const here = await world({ boxes: 2 });
  await here.until(here.at("04:10:00"));
  for (const box of here.boxes) box.machine.link.setCut("both");
  here.controller.kill();
  await here.drive(here.controller.start());
  expect((await here.rows()).map((one) => one.presence.state)).toEqual(["unknown", "unknown"]);
  for (const box of here.boxes) box.machine.link.setCut("none");
  await here.until(here.at("04:20:00"));
  expect((await here.rows()).map((one) => one.presence.state)).toEqual(["online", "online"]);
});

test("a-missed-broadcast-is-shown-with-its-cause-within-60-s", async () => {
  const here = await world({ boxes: 2 });
  await here.order(["05:00:00"], 10);
  await here.until(here.at("04:50:00"));
  const [dark, broken] = here.boxes;
  dark?.machine.cutPower();
  broken?.machine.amplifier.setFault("dead");
  await here.until(plus(here.at("05:00:00"), 60 * SECOND_MS));
  const receipts = await here.receipts();
  const causeOf = (box: typeof dark) => receipts.find((one) => one.boxId === box?.machine.id)?.cause;
  expect(causeOf(dark)).toBe("offline");
  const rows = await here.rows();
  const shown = rows.find((one) => one.boxId === broken?.machine.id)?.faults.map((fault) => fault.kind);
  expect(shown).toContain("amplifier-unreachable");
  expect(causeOf(broken) ?? "amplifier-unreachable").toBe("amplifier-unreachable");
});

test("a box that goes dark is suspect and then offline", async () => {
  const here = await world();
  await here.until(here.at("04:10:00"));
  const stateNow = async () => (await here.rows())[0]?.presence.state;
  expect(await stateNow()).toBe("online");
  here.boxes[0]?.machine.cutPower();
  await here.until(plus(here.at("04:10:00"), 46 * SECOND_MS));
  expect(await stateNow()).toBe("offline");
});

test("stop-all silences every box of the area within 3 s, and later plays sound", async () => {
  const here = await world({ boxes: 3 });
  await here.order(["05:00:00", "06:00:00"], 10);
  await here.until(here.at("05:02:00"));
  await here.stop();
  await here.until(here.at("06:30:00"));
  for (const box of here.boxes) {
    const [stopped, later] = here.heard(box);
    expect(stopped?.to).toBeLessThanOrEqual(plus(here.at("05:02:00"), 3 * SECOND_MS));
    expect(Math.abs((later?.from ?? 0) - here.at("06:00:00"))).toBeLessThan(250);
  }
});
