import { parseProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { record } from "@loa/hardware-profiles/src/record.ts";
import { isModbus } from "@loa/shared/device/profile.ts";
import { expect, it, onTestFinished } from "vitest";
import { startLineProcess } from "../support/line-process.ts";
import { openPtyPair } from "../support/pty-pair.ts";
import { describeWithPart } from "../support/system-part.ts";

const table = `space,address,type,scale,unit,capability,poll,name
input,0,u16,1,,,,Identity
input,2,s16,0.1,dBFS,amplifier.level,fast,Level
input,3,u16,0.001,A,speakerLine.current,fast,Line current
discrete,3,bit,1,bool,mains.present,fast,Mains
coil,0,bit,1,bool,amplifier.power,fast,Power
input,900,u16,1,,,,Not there
`;
const settings = { baud: 9_600, parity: "none", stopBits: 1, framing: undefined, unit: 1 } as const;
const noRange = { space: "input", from: 0, count: 1 };

describeWithPart("python3-pymodbus", "a session with a pymodbus server is recorded", ({ path }) => {
  const script = `${import.meta.dirname}/../support/pymodbus-server.py`;

  async function startOverPty() {
    const cable = openPtyPair();
    onTestFinished(cable.close);
    const [near, far] = cable.ends;
    const server = startLineProcess(path, [script, "rtu", far]);
    onTestFinished(server.stop);
    await server.line("ready");
    return { near, server };
  }

  it("over RTU on a pty: a draft that passes the check, with the frames of the wire, and nothing written", async () => {
    const { near, server } = await startOverPty();
    const recorded = await record({ ...settings, port: near, id: "found", table, range: noRange });
    if (!recorded.ok) throw new Error(recorded.error.join("\n"));
    const parsed = parseProfile(recorded.value, "found.yaml");
    if (!parsed.ok) throw new Error(parsed.error.join("\n"));
    if (!isModbus(parsed.value)) throw new Error("not Modbus");
    const { draft, golden, identify } = parsed.value;
    expect(draft).toBe(true);
    expect(identify).toMatchObject([{ space: "input", address: 0, expect: { oneOf: [0x4c41] } }]);
    const [level] = golden;
    expect(level).toMatchObject({
      origin: "recorded",
      request: "01 04 00 02 00 01 90 0A",
      expect: [{ capability: "amplifier.level", value: -18.5 }],
    });
    expect(golden.map(({ expect: [first] }) => first?.value)).toEqual([-18.5, 0.415, 1, 0]);
    expect(recorded.value).toContain("# input 900 u16 × 1: Not there");
    expect(server.lines.filter((line) => line.startsWith("set"))).toEqual([]);
  });

  it("over TCP, register by register: each number stands beside its address for somebody to name", async () => {
    const server = startLineProcess(path, [script, "tcp"]);
    onTestFinished(server.stop);
    const port = `tcp://127.0.0.1:${(await server.line("ready")).split(" ")[1]}`;
    const range = { space: "input", from: 0, count: 4 };
    const recorded = await record({ ...settings, port, id: "found", table: null, range });
    const text = recorded.ok ? recorded.value : recorded.error.join("\n");
    expect(text).toContain("kind: modbus-tcp");
    expect(text).toContain("# input 0 u16 × 1, read as 19521:");
    expect(text).toContain("# input 3 u16 × 1, read as 415:");
  });
});

it("a port that is not there is said in one line", async () => {
  const recorded = await record({ ...settings, port: "/dev/not-there", id: "found", table, range: noRange });
  expect(recorded).toEqual({
    ok: false,
    error: ["/dev/not-there: cannot be opened, or went away: check path or address, rights and cable"],
  });
});
