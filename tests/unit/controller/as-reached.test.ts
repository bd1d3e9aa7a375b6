import { asReached } from "@loa/controller/api/as-reached.ts";
import { expect, test } from "vitest";

test.each([
  ["https://0.0.0.0:8443", "loa.example.vn:8443", "https://loa.example.vn:8443"],
  ["mqtts://0.0.0.0:8883", "192.0.2.7:8443", "mqtts://192.0.2.7:8883"],
  ["mqtts://[::]:8883", "[2001:db8::7]:8443", "mqtts://[2001:db8::7]:8883"],
  ["https://loa.example.vn", "192.0.2.7:8443", "https://loa.example.vn"],
  ["mqtt://127.0.0.1:1883", "localhost:8080", "mqtt://127.0.0.1:1883"],
])("a box is told %s, having come by %s, as %s", (url, host, told) => {
  expect(asReached(url, host)).toBe(told);
});
