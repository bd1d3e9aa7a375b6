import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { isModbus } from "@loa/shared/device/profile.ts";
import { expect, it } from "vitest";
import { anyShippedProfile, profileIds, shippedProfile } from "../support/profiles.ts";
import { describeWithPart } from "../support/system-part.ts";

describeWithPart(
  "python3-pymodbus",
  "golden frames, read by an implementation that is not ours",
  ({ path }) => {
    const script = join(import.meta.dirname, "../support/pymodbus-frames.py");
    const ids = profileIds.filter((id) => isModbus(anyShippedProfile(id)));

    it("pymodbus understands every Modbus frame of the shelf and makes the same bytes", () => {
      const frames = ids.flatMap((id) => {
        const { transport, golden } = shippedProfile(id);
        const kind = transport.kind === "modbus-rtu" ? "rtu" : "tcp";
        return golden.flatMap(({ request, reply }) => [
          { head: `${kind} request`, bytes: request },
          { head: `${kind} reply`, bytes: reply },
        ]);
      });
      const input = frames.map(({ head, bytes }) => `${head} ${bytes}\n`).join("");
      const made = execFileSync(path, [script], { input, encoding: "utf8" }).trim().split("\n");
      expect(made).toEqual(frames.map(({ bytes }) => bytes));
    });
  },
);
