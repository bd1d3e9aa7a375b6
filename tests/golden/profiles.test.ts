import { readdirSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { bytesOf, hexOf, makeFrames } from "@loa/shared/device/golden-frame.ts";
import { openRtu } from "@loa/shared/device/modbus-frame.ts";
import { parseReply, parseRequest } from "@loa/shared/device/modbus-pdu.ts";
import { describe, expect, it } from "vitest";
import { profileFolder, shippedProfile } from "../support/profiles.ts";

const files = readdirSync(profileFolder).filter((name) => name.endsWith(".yaml"));

describe.each(files)("%s", (file) => {
  it("is a profile without complaints, and every golden frame means what it says", () => {
    const loaded = loadProfile(join(profileFolder, file));
    expect(loaded.ok ? [] : loaded.error).toEqual([]);
  });

  it("our own encoder makes every golden frame byte for byte", () => {
    const profile = shippedProfile(file.replace(/\.yaml$/, ""));
    for (const { request, reply } of profile.golden) {
      const [asked, answered] = [openRtu(bytesOf(request)), openRtu(bytesOf(reply))];
      if (!asked.ok || !answered.ok) throw new Error("not a frame");
      const parsed = parseRequest(asked.value.pdu);
      if (!parsed.ok) throw new Error("not a request");
      const values = parseReply(parsed.value, answered.value.pdu);
      if (!values.ok) throw new Error("not a reply");
      const made = makeFrames(profile.transport.kind, asked.value.unit, parsed.value, values.value);
      expect(made).toEqual({ request, reply });
    }
  });
});

it("the folder is not empty", () => {
  expect(files).toContain("loa-reference-amplifier.yaml");
});

it("the frame that the Waveshare wiki prints is the one we make", () => {
  const on = { kind: "write", function: 5, address: 0, values: [1] } as const;
  expect(makeFrames("modbus-rtu", 1, on, []).request).toBe("01 05 00 00 FF 00 8C 3A");
  expect(hexOf(bytesOf("01 05 00 00 FF 00 8C 3A"))).toBe("01 05 00 00 FF 00 8C 3A");
});
