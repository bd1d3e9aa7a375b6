import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import { createTcpLink } from "@loa/edge-agent/adapters/tcp-link.ts";
import { type BusMaster, createBusMaster } from "@loa/edge-agent/devices/bus-master.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import { hexOf } from "@loa/shared/device/golden-frame.ts";
import { readRequest } from "@loa/shared/device/poll-plan.ts";
import { type ModbusPoint, modbusPoint, modbusSpace } from "@loa/shared/device/profile-modbus.ts";
import { decodePoint, rawFromWords, widthOf } from "@loa/shared/device/registers.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { draftYaml, type RecordedFrame } from "./draft-yaml.ts";
import { parseRegisterTable, type RegisterRow } from "./register-table.ts";

/** Reads a real device through the box's own line and writes down what went over it. Nothing is ever written to it. */

export interface Recording {
  /** A serial port's path, or `tcp://HOST:PORT`. */
  readonly port: string;
  readonly id: string;
  /** A register table (see `register-table.ts`), or null: then `range`, register by register. */
  readonly table: string | null;
  readonly range: { readonly space: string; readonly from: number; readonly count: number };
  readonly unit: number;
  readonly baud: number;
  readonly parity: string;
  readonly stopBits: 1 | 2;
  readonly framing: string | undefined;
}

const MAX_RANGE = 125;
const timing = { responseMs: 1_000, gapMs: 40, quarantineMs: 1_000, retries: 1, maxRead: 20, maxHole: 0 };
const silent: Log = { info: () => {}, warn: () => {}, error: () => {} };

export async function record(recording: Recording): Promise<Result<string, readonly string[]>> {
  const rows = rowsOf(recording);
  if (!rows.ok) return rows;
  const parity = recording.parity === "even" || recording.parity === "odd" ? recording.parity : "none";
  const isTcp = recording.port.startsWith("tcp://");
  const kind =
    (recording.framing ?? (isTcp ? "modbus-tcp" : "modbus-rtu")) === "modbus-tcp"
      ? "modbus-tcp"
      : "modbus-rtu";
  const { unit, baud, stopBits } = recording;
  const tap = tapped(
    isTcp ? tcpLink(recording.port) : createSerialLink({ path: recording.port, baud, parity, stopBits }),
  );
  const master = createBusMaster({ link: tap.link, kind, clock: nodeClock, timers: nodeTimers, log: silent });
  const read = await readAll(master, unit, rows.value, tap);
  await master.close();
  if (!read.ok) return fail([`${recording.port}: ${read.error}`]);
  const transport = { kind, baud, parity, stopBits, unit } as const;
  const source = `recorded at ${recording.port.split("/").at(-1) ?? ""}`;
  return ok(draftYaml({ id: recording.id, source, transport, rows: rows.value, ...read.value }));
}

function rowsOf({ table, range }: Recording): Result<readonly RegisterRow[], readonly string[]> {
  if (table !== null) return parseRegisterTable(table, "--map");
  const space = modbusSpace.safeParse(range.space);
  if (!space.success) return fail([`--space: ${modbusSpace.options.join(", ")}`]);
  if (!(range.count >= 1 && range.count <= MAX_RANGE)) return fail([`--count: 1 to ${MAX_RANGE}`]);
  const type = space.data === "coil" || space.data === "discrete" ? "bit" : "u16";
  const lines = Array.from(
    { length: range.count },
    (_, index) => `${space.data},${range.from + index},${type}`,
  );
  return parseRegisterTable(["space,address,type", ...lines].join("\n"), "--from");
}

interface Seen {
  readonly frames: readonly RecordedFrame[];
  readonly seen: ReadonlyMap<RegisterRow, number>;
}

/** One request for each register, so that each frame stands for itself. A refused register is left out. */
async function readAll(
  master: BusMaster,
  unit: number,
  rows: readonly RegisterRow[],
  tap: Tap,
): Promise<Result<Seen, string>> {
  const frames: RecordedFrame[] = [];
  const seen = new Map<RegisterRow, number>();
  for (const row of rows) {
    const request = readRequest({ space: row.space, address: row.address, count: widthOf(row.type) });
    tap.clear();
    const answer = await master.ask({ unit, timing, request, urgency: "poll" });
    if (!answer.ok && answer.error === "exception") continue;
    if (!answer.ok && answer.error === "closed")
      return fail("cannot be opened, or went away: check path or address, rights and cable");
    if (!answer.ok)
      return fail(`${row.space} ${row.address}: ${answer.error}: check wires, baud, parity and unit`);
    const isPacked = row.type === "bit" && row.bit !== null;
    const format = { type: row.type, wordOrder: row.wordOrder, ...(isPacked ? { bit: row.bit ?? 0 } : {}) };
    seen.set(row, rawFromWords(format, answer.value));
    if (row.capability === null) continue;
    const value = decodePoint(pointOf(row), answer.value);
    frames.push({
      title: `${row.capability} as it was`,
      request: hexOf(tap.sent()),
      reply: hexOf(tap.received()),
      values: [{ capability: row.capability, value: value.quality === "good" ? value.value : null }],
    });
  }
  return seen.size === 0
    ? fail("every register was refused: check space and addresses")
    : ok({ frames, seen });
}

function pointOf(row: RegisterRow): ModbusPoint {
  const { name: _name, bit, ...rest } = row;
  return modbusPoint.parse({ ...rest, ...(row.type === "bit" && bit !== null ? { bit } : {}) });
}

interface Tap {
  readonly link: ByteLink;
  sent(): Uint8Array;
  received(): Uint8Array;
  clear(): void;
}

/** What goes over a link, as it goes. */
function tapped(link: ByteLink): Tap {
  let sent: number[] = [];
  let received: number[] = [];
  return {
    link: {
      ...link,
      write(bytes) {
        // A second try begins the record anew.
        sent = [...bytes];
        received = [];
        link.write(bytes);
      },
      onData: (listener) =>
        link.onData((bytes) => {
          received.push(...bytes);
          listener(bytes);
        }),
    },
    sent: () => Uint8Array.from(sent),
    received: () => Uint8Array.from(received),
    clear() {
      sent = [];
      received = [];
    },
  };
}

function tcpLink(address: string): ByteLink {
  const { hostname, port } = new URL(address);
  return createTcpLink({ host: hostname, port: Number(port || 502) });
}
