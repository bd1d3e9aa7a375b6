import { EventEmitter } from "node:events";
import { CRC_BYTES, openRtu, type UnitPdu, wrapRtu } from "@loa/shared/device/modbus-frame.ts";
import type { ModbusRequest } from "@loa/shared/device/modbus-pdu.ts";
import { assert, fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import modbus from "modbus-serial";

/** Makes requests and reads answers; one request at a time. Owns no bytes on the wire and no timer. */
export interface ModbusClient {
  /** Calls `send` of its making once, then `done` once, when `answer` was called for this request. */
  ask(unit: number, request: ModbusRequest, done: (answer: ModbusAnswer) => void): void;
  /** A whole answer whose unit, function, byte count and checksum were checked against the request under way. */
  answer(reply: UnitPdu): void;
}
export type ModbusAnswer = Result<readonly number[], "exception" | "wrong-reply">;

/**
 * modbus-serial on a port object of ours. Alone it hands a late answer to the next request as its data
 * (`hardware.md`, bus facts), because its own ports match answers by length only and its timeout leaves the line
 * dirty. So it never sees the line: `Exchange` owns bytes, time-outs and quarantine, and calls `answer` with what
 * belongs to the request. Its own checks then run a second time.
 */
export function createModbusClient(send: (request: UnitPdu) => void): ModbusClient {
  const port = new CheckedPort(send);
  const client = new modbus.default(port);
  client.open(() => {});

  return {
    ask(unit, request, done) {
      const { address, function: code } = request;
      if (request.kind === "read") {
        const next = (error: unknown, reply?: { readonly data: readonly (number | boolean)[] }) =>
          done(
            error || reply === undefined
              ? refusal(error)
              : ok(reply.data.slice(0, request.count).map(Number)),
          );
        if (code === 1) client.writeFC1(unit, address, request.count, next);
        else if (code === 2) client.writeFC2(unit, address, request.count, next);
        else if (code === 3) client.writeFC3(unit, address, request.count, next);
        else client.writeFC4(unit, address, request.count, next);
        return;
      }
      const next = (error: unknown) => done(error ? refusal(error) : ok([]));
      const [first = 0] = request.values;
      if (code === 5) client.writeFC5(unit, address, first === 1, next);
      else if (code === 6) client.writeFC6(unit, address, first, next);
      else if (code === 15)
        client.writeFC15(
          unit,
          address,
          request.values.map((value) => value === 1),
          next,
        );
      else client.writeFC16(unit, address, [...request.values], next);
    },
    answer(reply) {
      port.emit("data", Buffer.from(wrapRtu(reply.unit, reply.pdu)));
    },
  };
}

/** What modbus-serial takes for a serial port. */
class CheckedPort extends EventEmitter {
  readonly isOpen = true;
  readonly #send: (request: UnitPdu) => void;

  constructor(send: (request: UnitPdu) => void) {
    super();
    this.#send = send;
  }

  open(opened: () => void): void {
    opened();
  }

  close(closed: () => void): void {
    closed();
  }

  write(frame: Uint8Array): void {
    const request = openRtu(frame);
    assert(
      request.ok,
      `modbus-serial made a frame of ${frame.length} bytes whose last ${CRC_BYTES} are no CRC`,
    );
    this.#send(request.value);
  }
}

function refusal(error: unknown): { readonly ok: false; readonly error: "exception" | "wrong-reply" } {
  const isException = typeof error === "object" && error !== null && "modbusCode" in error;
  return fail(isException ? "exception" : "wrong-reply");
}
