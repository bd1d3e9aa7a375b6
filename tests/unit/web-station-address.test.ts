import { stationAddress } from "@loa/controller/web/view/station-address.ts";
import { expect, test } from "vitest";

test("the address of a station is read as a box reads it, with all the hosts that it may lead to", () => {
  expect(stationAddress({ url: "https://kénh.test/a", hosts: ["cdn.test"] })).toBe(
    "https://xn--knh-bma.test/a · cdn.test",
  );
  expect(stationAddress({ url: "https://dai.test/\u202e3pm", hosts: [] })).toBe(
    "https://dai.test/%E2%80%AE3pm",
  );
});
