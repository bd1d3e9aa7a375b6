import { checkProfile } from "@loa/shared/device/check-profile.ts";
import { bytesOf, checkGoldenFrame, makeFrames } from "@loa/shared/device/golden-frame.ts";
import { openRtu } from "@loa/shared/device/modbus-frame.ts";
import { parseReply, parseRequest } from "@loa/shared/device/modbus-pdu.ts";
import type { ModbusGolden, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { expect, it } from "vitest";
import { shippedProfile } from "../support/profiles.ts";

const reference = shippedProfile("loa-reference-amplifier");
const [coils] = reference.golden;

/** The same answer in the envelope of Modbus TCP. */
function overTcp(frame: ModbusGolden): ModbusGolden {
  const [request, reply] = [openRtu(bytesOf(frame.request)), openRtu(bytesOf(frame.reply))];
  if (!request.ok || !reply.ok) throw new Error("not a frame");
  const asked = parseRequest(request.value.pdu);
  if (!asked.ok) throw new Error("not a request");
  const values = parseReply(asked.value, reply.value.pdu);
  if (!values.ok) throw new Error("not a reply");
  return { ...frame, ...makeFrames("modbus-tcp", request.value.unit, asked.value, values.value) };
}

it("a Modbus TCP profile has its golden frames in TCP's envelope", () => {
  const profile: ModbusProfile = {
    ...reference,
    transport: { kind: "modbus-tcp", port: 502, unit: 1 },
    golden: reference.golden.map(overTcp),
  };
  expect(checkProfile(profile)).toEqual([]);
  expect(profile.golden[0]?.request).toBe("00 01 00 00 00 06 01 01 00 00 00 04");
  const inRtu = checkProfile({ ...profile, golden: reference.golden });
  expect(inRtu.map((complaint) => complaint.message)).toContainEqual(
    expect.stringMatching(/`request` is not a whole frame/),
  );
});

it("an answer of another unit, or to another question, is no golden frame", () => {
  if (coils === undefined) throw new Error("no golden frame");
  const foreign = { ...coils, reply: "02 01 01 05 91 CF" };
  expect(checkGoldenFrame(reference, foreign)).toEqual([expect.stringMatching(/name different units/)]);
  const other = { ...coils, reply: reference.golden[1]?.reply ?? "" };
  expect(checkGoldenFrame(reference, other)).toEqual([expect.stringMatching(/does not answer `request`/)]);
});
