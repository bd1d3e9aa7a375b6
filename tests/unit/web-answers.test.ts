import { HttpProblem, problemResponse } from "@loa/controller/api/http-problem.ts";
import { parse } from "@loa/controller/web/api/http.ts";
import { refusedSchedule } from "@loa/controller/web/api/shapes.ts";
import { expect, it } from "vitest";
import { z } from "zod";

const shape = z.object({ at: z.number() });

it("a refusal of the controller reaches the page with its literal", async () => {
  const refusal = problemResponse(new HttpProblem("wrong-password"));
  expect(parse(shape, refusal.status, await refusal.text())).toMatchObject({
    ok: false,
    error: { status: 401, code: "wrong-password", detail: null },
  });
});

it("a refused schedule brings along what stands against it", async () => {
  const problem = {
    code: "quiet-hours",
    areaId: "an-hoa",
    occurrenceId: null,
    at: 1_795_402_947_000,
    withScheduleId: null,
    withTitle: null,
    limit: null,
    times: 24,
    boxes: 4,
  };
  const refusal = problemResponse(new HttpProblem("schedule-refused", { problems: [problem] }));
  const answer = parse(shape, refusal.status, await refusal.text());
  expect(answer.ok ? null : refusedSchedule.parse(answer.error.body).problems).toMatchObject([
    { code: "quiet-hours", times: 24, boxes: 4 },
  ]);
});

it("an answer of another shape is refused at the door, and says where it differs", () => {
  expect(parse(shape, 200, '{"at":"noon"}')).toMatchObject({
    ok: false,
    error: { code: "unreadable", detail: expect.stringContaining("at") },
  });
});

it("a proxy's page in the place of an answer is a problem with the status, not a crash", () => {
  expect(parse(shape, 502, "<html>Bad Gateway</html>")).toMatchObject({
    ok: false,
    error: { code: "http-502" },
  });
  expect(parse(shape, 200, "<html>hello</html>")).toMatchObject({ ok: false, error: { code: "unreadable" } });
});
