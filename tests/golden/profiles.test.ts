import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import {
  canonicalProfile,
  openCanonicalProfile,
  profileJsonSchema,
} from "@loa/shared/device/canonical-profile.ts";
import { bytesOf, hexOf, makeFrames } from "@loa/shared/device/golden-frame.ts";
import { openMbap, openRtu, type UnitPdu } from "@loa/shared/device/modbus-frame.ts";
import { parseReply, parseRequest } from "@loa/shared/device/modbus-pdu.ts";
import { isModbus, schemaFor } from "@loa/shared/device/profile.ts";
import type { TransportKind } from "@loa/shared/device/profile-modbus.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { describe, expect, it } from "vitest";
import { anyShippedProfile, profileFolder, profileIds, shippedProfile } from "../support/profiles.ts";

function open(kind: TransportKind, bytes: Uint8Array): UnitPdu {
  const opened = kind === "modbus-rtu" ? openRtu(bytes) : openMbap(bytes);
  if (opened === "more" || !opened.ok) throw new Error("not a frame");
  return opened.value;
}

describe.each(profileIds)("%s", (id) => {
  it("is a profile without complaints, and every golden frame means what it says", () => {
    const loaded = loadProfile(join(profileFolder, `${id}.yaml`));
    expect(loaded.ok ? [] : loaded.error).toEqual([]);
  });

  it("tells editors where the schema is", () => {
    const text = readFileSync(join(profileFolder, `${id}.yaml`), "utf8");
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/profile\.schema\.json\n/);
  });

  it("its canonical form says all of it, in one order", () => {
    const profile = anyShippedProfile(id);
    const canonical = canonicalProfile(profile);
    const back: unknown = JSON.parse(canonical);
    expect(schemaFor(profile.transport.kind).parse(back)).toEqual(profile);
    expect(canonicalProfile(anyShippedProfile(id))).toBe(canonical);
    expect(canonical).toMatch(/^\{"[a-z]/);
  });
});

const modbusIds = profileIds.filter((id) => isModbus(anyShippedProfile(id)));

it.each(modbusIds)("our own encoder makes every golden frame of %s byte for byte", (id) => {
  const profile = shippedProfile(id);
  const { kind } = profile.transport;
  for (const { request, reply } of profile.golden) {
    const [asked, answered] = [open(kind, bytesOf(request)), open(kind, bytesOf(reply))];
    const parsed = parseRequest(asked.pdu);
    if (!parsed.ok) throw new Error("not a request");
    const values = parseReply(parsed.value, answered.pdu);
    if (!values.ok) throw new Error("not a reply");
    expect(makeFrames(kind, asked.unit, parsed.value, values.value)).toEqual({ request, reply });
  }
});

it("the folder has the devices of the shelf", () => {
  expect(profileIds).toContain("loa-reference-amplifier");
  expect(profileIds.length).toBeGreaterThanOrEqual(20);
});

it("profile.schema.json is what the language says today: `npm run profiles -- check --write` renews it", () => {
  expect(readFileSync(join(profileFolder, "profile.schema.json"), "utf8")).toBe(profileJsonSchema());
});

it("comments and the order of keys do not change a profile's hash", () => {
  const profile = anyShippedProfile("peacefair-pzem-016");
  const turned = Object.fromEntries(Object.entries(profile).reverse());
  const hash = (text: string) => nodeCrypto.sha256Hex(text);
  const parsed = schemaFor(profile.transport.kind).parse(turned);
  expect(hash(canonicalProfile(parsed))).toBe(hash(canonicalProfile(profile)));
});

it("a box takes a profile only with the promised bytes, and only one that passes the check", () => {
  const text = canonicalProfile(anyShippedProfile("xy-md02"));
  const sha256 = nodeCrypto.sha256Hex(text);
  expect(openCanonicalProfile(text, sha256, nodeCrypto)).toEqual({
    ok: true,
    value: anyShippedProfile("xy-md02"),
  });
  expect(openCanonicalProfile(`${text} `, sha256, nodeCrypto)).toEqual({ ok: false, error: "checksum" });
  for (const bad of ["{", "{}", text.replace('"scale":0.1', '"scale":0')])
    expect(openCanonicalProfile(bad, nodeCrypto.sha256Hex(bad), nodeCrypto)).toEqual({
      ok: false,
      error: "not-a-profile",
    });
});

it("the frame that the Waveshare wiki prints is the one we make", () => {
  const on = { kind: "write", function: 5, address: 0, values: [1] } as const;
  expect(makeFrames("modbus-rtu", 1, on, []).request).toBe("01 05 00 00 FF 00 8C 3A");
  expect(hexOf(bytesOf("01 05 00 00 FF 00 8C 3A"))).toBe("01 05 00 00 FF 00 8C 3A");
});
