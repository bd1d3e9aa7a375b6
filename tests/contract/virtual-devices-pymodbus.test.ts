import { execFile } from "node:child_process";
import { join } from "node:path";
import { planReads, type ReadBlock, wordsOf } from "@loa/shared/device/poll-plan.ts";
import { isModbus, isReadable } from "@loa/shared/device/profile.ts";
import { decodePoint, toleranceOf } from "@loa/shared/device/registers.ts";
import { type StartedLine, startVirtualLine, type VirtualUnit } from "@loa/simulator/virtual-device/start.ts";
import { expect, it, onTestFinished } from "vitest";
import { anyShippedProfile, profileIds, shippedProfile } from "../support/profiles.ts";
import { openPtyPair } from "../support/pty-pair.ts";
import { realClock, realTimers } from "../support/real-time.ts";
import { describeWithPart } from "../support/system-part.ts";

// Every Modbus device of the shelf on one line, asked by a client that we did not write.
const profiles = profileIds.filter((id) => isModbus(anyShippedProfile(id))).map(shippedProfile);
const units = profiles.map((profile, index) => ({ profile, unit: index + 1 }));
const meter = () => ({ rmsDb: -20, peakDb: -9 });
const answerLimitMs = 60_000;

describeWithPart("python3-pymodbus", "our virtual devices against a pymodbus client", ({ path }) => {
  const script = join(import.meta.dirname, "../support/pymodbus-client.py");
  /** One line of answer for each question. */
  const ask = (where: readonly string[], questions: readonly string[]): Promise<readonly string[]> =>
    new Promise((resolve, reject) => {
      const options = { timeout: answerLimitMs };
      const child = execFile(path, [script, ...where], options, (error, stdout) =>
        error === null ? resolve(stdout.trim().split("\n")) : reject(error),
      );
      child.stdin?.end(questions.map((question) => `${question}\n`).join(""));
    });

  it("over Modbus TCP: every point of every device has the value that the device shows", async () => {
    const line = await start({ kind: "tcp", host: "127.0.0.1", port: 0, framing: "modbus-tcp" });
    if (line.address.kind !== "tcp") throw new Error("no TCP address");
    await checkShelf(line, (questions) => ask(["tcp", `${port(line)}`], questions));
  });

  it("over RTU on a pty: every point of every device has the value that the device shows", async () => {
    const cable = openPtyPair();
    onTestFinished(cable.close);
    const [near, far] = cable.ends;
    const line = await start({ kind: "pty", path: far, framing: "modbus-rtu" });
    await checkShelf(line, (questions) => ask(["rtu", near], questions));
  });

  it("writes with functions 5, 6, 15 and 16 reach the device that was meant, and no other", async () => {
    const line = await start({ kind: "tcp", host: "127.0.0.1", port: 0, framing: "modbus-tcp" });
    const at = (id: string) => units.find(({ profile }) => profile.id === id)?.unit ?? 0;
    const [amplifier, relays, monacor] = [
      at("loa-reference-amplifier"),
      at("waveshare-modbus-rtu-relay-8ch"),
      at("monacor-pa-1250d"),
    ];
    const answers = await ask(
      ["tcp", `${port(line)}`],
      [
        `set coil ${amplifier} 0 1`,
        `set holding ${amplifier} 0 ${65_536 - 65}`,
        `sets coil ${relays} 0 1,0,1,0,0,0,0,1`,
        `sets holding ${monacor} 0 ${60 * 256 + 0x80}`,
        `coil ${relays} 0 8`,
        `holding ${amplifier} 500 1`,
      ],
    );
    expect(answers).toEqual(["ok", "ok", "ok", "ok", "1,0,1,0,0,0,0,1", "exception 2"]);
    const shown = (unit: number) => line.devices[unit - 1]?.snapshot().values;
    expect(shown(amplifier)).toMatchObject({ "amplifier.power": 1, "amplifier.gain": -6.5 });
    expect(shown(relays)).toMatchObject({ "relay.1": 1, "relay.2": 0, "relay.3": 1, "relay.8": 1 });
    expect(shown(monacor)).toMatchObject({ "amplifier.power": 1, "amplifier.volume": 60 });
  });
});

async function start(transport: Parameters<typeof startVirtualLine>[0]["transport"]): Promise<StartedLine> {
  const [first, ...others] = units.map((one): VirtualUnit => ({ ...one, meter }));
  if (first === undefined) throw new Error("no Modbus profile on the shelf");
  const line = await startVirtualLine({
    transport,
    units: [first, ...others],
    clock: realClock,
    timers: realTimers,
    seed: 1,
  });
  onTestFinished(line.close);
  return line;
}

function port({ address }: StartedLine): number {
  if (address.kind !== "tcp") throw new Error("no TCP address");
  return address.port;
}

async function checkShelf(
  line: StartedLine,
  ask: (questions: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const asked = units.flatMap(({ profile, unit }) =>
    planReads(profile.points, profile.timing).map((block) => ({ profile, unit, block })),
  );
  const answers = await ask(
    asked.map(({ unit, block }) => `${block.space} ${unit} ${block.address} ${block.count}`),
  );
  const wrong = asked.flatMap(({ profile, unit, block }, index) =>
    disagreements(line, unit, block, answers[index] ?? "no answer").map((what) => `${profile.id}: ${what}`),
  );
  expect(wrong).toEqual([]);
  expect(asked.flatMap(({ block }) => block.points).length).toBe(
    units.flatMap(({ profile }) => profile.points.filter(isReadable)).length,
  );
}

function disagreements(line: StartedLine, unit: number, block: ReadBlock, answer: string): readonly string[] {
  const words = answer.split(",").map(Number);
  if (words.some(Number.isNaN)) return [`${block.space} ${block.address}: ${answer}`];
  const shown = line.devices[unit - 1]?.snapshot().values ?? {};
  return block.points.flatMap((point) => {
    const found = decodePoint(point, wordsOf(point, block, words));
    const wanted = shown[point.capability] ?? null;
    const isSame =
      found.quality === "good"
        ? wanted !== null &&
          Math.abs(found.value - wanted) <= Math.max(toleranceOf(point), Math.abs(wanted) * 1e-3)
        : wanted === null;
    return isSame ? [] : [`${point.capability} shows ${wanted}, read ${JSON.stringify(found)}`];
  });
}
