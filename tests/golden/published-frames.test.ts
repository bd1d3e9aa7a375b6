import { createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import type { Capability } from "@loa/shared/device/capability.ts";
import { bytesOf, hexOf } from "@loa/shared/device/golden-frame.ts";
import { openRtu } from "@loa/shared/device/modbus-frame.ts";
import { type ModbusRequest, parseRequest } from "@loa/shared/device/modbus-pdu.ts";
import { wordsOf } from "@loa/shared/device/poll-plan.ts";
import { isModbus } from "@loa/shared/device/profile.ts";
import type { ModbusGolden, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { decodePoint } from "@loa/shared/device/registers.ts";
import { createSeededRandom } from "@loa/simulator/virtual/random.ts";
import { createSlave } from "@loa/simulator/virtual-device/slave.ts";
import { createVirtualDevice } from "@loa/simulator/virtual-device/virtual-device.ts";
import { describe, expect, it } from "vitest";
import { createBytePipe } from "../support/byte-pipe.ts";
import { createLogBook } from "../support/log-book.ts";
import { anyShippedProfile, profileIds, shippedProfile } from "../support/profiles.ts";
import { createTestTime } from "../support/test-time.ts";

// Frames that makers have printed, on the wire: our side sends them byte for byte and understands them, and our virtual
// devices answer with them.
const published = profileIds
  .filter((id) => isModbus(anyShippedProfile(id)))
  .map(shippedProfile)
  .flatMap((profile) =>
    profile.golden
      .filter(({ origin }) => origin === "published")
      .map((frame) => ({ name: `${profile.id}: ${frame.title}`, profile, frame })),
  );

it("the reply of the PZEM-016 and the switch of the Waveshare relay are among them", () => {
  const frames = published.map(({ frame }) => frame);
  expect(frames.map(({ request }) => request)).toContain("01 05 00 00 FF 00 8C 3A");
  expect(frames.map(({ reply }) => reply)).toContain(
    "01 04 14 08 98 03 E8 00 00 08 98 00 00 00 00 00 00 01 F4 00 64 00 00 63 CE",
  );
});

describe.each(published)("$name", ({ profile, frame }) => {
  it("the bus master sends these bytes, and the answer means what the maker says", async () => {
    const time = createTestTime();
    const [near, far] = createBytePipe(time.timers).ends;
    const sent: string[] = [];
    far.onData((bytes) => {
      sent.push(hexOf(bytes));
      far.write(bytesOf(frame.reply));
    });
    await far.open();
    const master = createBusMaster({ link: near, kind: "modbus-rtu", ...time, log: createLogBook() });
    const { unit, request } = openRequest(frame);
    const answer = master.ask({ unit, request, timing: profile.timing, urgency: "poll" });
    await time.advance(1_000);
    expect(sent).toEqual([frame.request]);
    const words = await answer;
    if (!words.ok) throw new Error(words.error);
    if (request.kind === "write") return;
    for (const { capability, value } of frame.expect) {
      const point = pointOf(profile, capability);
      expect(decodePoint(point, wordsOf(point, request, words.value))).toEqual({
        capability,
        quality: "good",
        value,
      });
    }
  });

  it("the virtual device gives this answer when it shows these values", () => {
    const time = createTestTime();
    const meter = () => ({ rmsDb: -20, peakDb: -9 });
    const device = createVirtualDevice({ profile, meter, clock: time.clock });
    const values: Partial<Record<Capability, number | null>> = {};
    for (const { capability, value } of frame.expect) values[capability] = value;
    const answers: string[] = [];
    const slave = createSlave({
      device: { ...device, snapshot: () => ({ ...device.snapshot(), values }) },
      kind: "modbus-rtu",
      unit: openRequest(frame).unit,
      send: (bytes) => answers.push(hexOf(bytes)),
      timers: time.timers,
      random: createSeededRandom("published"),
    });
    slave.receive(bytesOf(frame.request));
    expect(answers).toEqual([frame.reply]);
    if (openRequest(frame).request.kind === "write") expect(device.snapshot().values).toMatchObject(values);
  });
});

function openRequest(frame: ModbusGolden): { readonly unit: number; readonly request: ModbusRequest } {
  const opened = openRtu(bytesOf(frame.request));
  const parsed = opened.ok ? parseRequest(opened.value.pdu) : null;
  if (!opened.ok || parsed?.ok !== true) throw new Error(`no request: ${frame.request}`);
  return { unit: opened.value.unit, request: parsed.value };
}

function pointOf(profile: ModbusProfile, capability: Capability) {
  const point = profile.points.find((candidate) => candidate.capability === capability);
  if (point === undefined) throw new Error(`no point ${capability}`);
  return point;
}
