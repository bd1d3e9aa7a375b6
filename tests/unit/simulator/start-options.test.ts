import { readStartOptions } from "@loa/simulator/start-options.ts";
import { expect, it } from "vitest";

const refused = (...args: string[]) => {
  const answer = readStartOptions(args);
  return answer.ok ? "taken" : answer.error;
};

it("without any, it is the province of the README", () => {
  expect(readStartOptions([])).toMatchObject({
    ok: true,
    value: { httpPort: 8_080, mqttPort: 1_883, boxes: 12 },
  });
});

it("what cannot be is refused in one sentence that names it", () => {
  expect(refused("--boxes", "0")).toBe("--boxes 0: wanted is 1 to 500");
  expect(refused("--boxes", "twelve")).toContain("--boxes twelve");
  expect(refused("--http-port", "99999")).toBe("--http-port 99999: wanted is a port, 0 to 65535");
  expect(refused("--seed", "")).toContain("--seed");
  expect(refused("--dta", "here")).toContain("--dta");
  expect(refused("here")).toContain("here");
});

it("help is asked for also beside what is wrong", () => {
  expect(readStartOptions(["--boxes", "0", "--help"])).toEqual({ ok: true, value: null });
});
