import { createCounters } from "@loa/controller/counters.ts";
import { boxId } from "@loa/shared/kernel/ids.ts";
import { expect, test } from "vitest";
import { createApiWorld } from "../support/api-world.ts";
import { createLogBook } from "../support/log-book.ts";
import { quietFigures } from "../support/quiet-metrics.ts";

const path = "/api/v1/trust/refusals";

test("what was tried at the pages, at the link and at the boxes is told by place and reason", async () => {
  const log = createLogBook();
  const counters = createCounters(log);
  const broker = { ...quietFigures.broker, refused: { "bad-will": 2, silent: 0 } as never };
  const world = await createApiWorld(
    {},
    {
      figures: () => ({
        ...quietFigures,
        broker,
        messagesRefused: counters.refused(),
        commandsRefused: counters.refusedByBoxes(),
      }),
    },
  );
  const auditor = await world.person("thanh", "tinh", "auditor");
  const stranger = await world.person("binh", "binh", "viewer");
  counters.refuse(boxId.parse("box-an"), "bad-signature");
  for (let count = 0; count < 3; count += 1) counters.refuseAt(boxId.parse("box-an"), "not-approved");
  await stranger.post("/api/v1/areas/binh/stop");
  for (const id of ["box-an", "box-none"]) await stranger.get(`/api/v1/boxes/${id}`);
  await world.anybody.send("POST", "/api/v1/session", {}, { origin: "https://elsewhere.example" });
  await world.anybody.post("/api/v1/session", { user: "thanh", password: "guessed" });
  // Nobody tries anything who has only been away for long.
  await world.anybody.get("/api/v1/boxes");
  const { refusals } = await (await auditor.get(path)).json();
  const told = refusals.map((one: { at: string; reason: string; count: number }) => Object.values(one));
  expect(told.map((one: readonly unknown[]) => one.slice(0, 3))).toEqual([
    ["box", "not-approved", 3],
    ["link", "bad-will", 2],
    ["page", "not-found", 2],
    ["link", "bad-signature", 1],
    ["page", "forbidden", 1],
    ["page", "bad-origin", 1],
    ["page", "wrong-password", 1],
  ]);
  const noted = world.log.lines.filter(({ event }) => event === "request.refused");
  expect(noted.map(({ fields }) => [fields.reason, fields.path])).toContainEqual([
    "not-found",
    "/api/v1/boxes/box-an",
  ]);
});

test("who tries the same a million times fills no log", () => {
  const log = createLogBook();
  const counters = createCounters(log);
  for (let count = 0; count < 1_000; count += 1) counters.refuseAt(boxId.parse("box-an"), "bad-signature");
  expect(log.lines.filter(({ event }) => event === "command.refused-at-box")).toHaveLength(4);
});
