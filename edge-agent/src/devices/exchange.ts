import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import { type AnyRequest, encodeRequest, parseReply } from "@loa/shared/device/modbus-pdu.ts";
import type { TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { assert, fail, type Result } from "@loa/shared/kernel/result.ts";
import type { MonotonicMs } from "@loa/shared/kernel/time.ts";
import { createModbusClient } from "../adapters/modbus-client.ts";
import type { ByteLink } from "./byte-link.ts";
import { type Asked, collectReply, wrapRequest } from "./reply-collector.ts";

/** One request and its answer on an open link. Bytes that nobody asked for are counted and thrown away. */
export interface Exchange {
  run(unit: number, request: AnyRequest, responseMs: number): Promise<ExchangeOutcome>;
  /** The link is gone: whoever waits is told. */
  abort(): void;
  /** When the last byte came. */
  silenceSince(): MonotonicMs;
  /** Bytes that came unasked: how many since the start, and when the last of them. */
  strayBytes(): number;
  strayAt(): MonotonicMs;
  /** Whether the last answer was "later, please" (exceptions 5 and 6 of the Modbus Application Protocol, section 7). */
  wasBusy(): boolean;
}
export type ExchangeOutcome = Result<readonly number[], DeviceFailure>;

/** Two of the longest frames; a line that talks more than this without an answer only babbles. */
const MAX_RECEIVED_BYTES = 520;
const MAX_TRANSACTION = 0xffff;
const EXCEPTION_FLAG = 0x80;
/** Acknowledge, and server device busy. */
const busyExceptions: ReadonlySet<number> = new Set([5, 6]);

interface Waiting {
  readonly asked: Asked;
  readonly settle: (outcome: ExchangeOutcome) => void;
}

export function createExchange(ports: {
  readonly link: ByteLink;
  readonly kind: TransportKind;
  readonly clock: Clock;
  readonly timers: Timers;
}): Exchange {
  const { link, kind, clock, timers } = ports;
  let waiting: Waiting | null = null;
  let received = new Uint8Array();
  let transaction = 0;
  let lastByteAt = clock.monotonic();
  let strayBytes = 0;
  let strayAt = clock.monotonic();
  let wasBusy = false;

  const client = createModbusClient((made) => {
    assert(waiting !== null, "a request is made only inside run");
    link.write(wrapRequest(kind, waiting.asked, made.pdu));
  });

  link.onData((bytes) => {
    lastByteAt = clock.monotonic();
    if (waiting === null) {
      strayBytes += bytes.length;
      strayAt = lastByteAt;
      return;
    }
    received = joined(received, bytes);
    const { outcome, rest } = collectReply(kind, waiting.asked, received);
    received = Uint8Array.from(rest);
    if (outcome === "more") return;
    wasBusy = outcome.ok && isBusy(outcome.value);
    if (!outcome.ok) waiting.settle(outcome);
    // No library knows this request: its echo is checked here.
    else if (waiting.asked.request.kind === "timed-on")
      waiting.settle(parseReply(waiting.asked.request, outcome.value));
    else client.answer({ unit: waiting.asked.unit, pdu: outcome.value });
  });

  return {
    run(unit, request, responseMs) {
      assert(waiting === null, "one request at a time");
      transaction = transaction === MAX_TRANSACTION ? 1 : transaction + 1;
      received = new Uint8Array();
      wasBusy = false;
      return new Promise((resolve) => {
        const settle = (outcome: ExchangeOutcome) => {
          if (waiting?.settle !== settle) return;
          waiting = null;
          cancelLimit();
          resolve(outcome);
        };
        // Bytes that came but made no frame are another fault than silence.
        const expire = () => settle(fail(received.length === 0 ? "timeout" : "wrong-reply"));
        const cancelLimit = timers.after(responseMs, expire);
        waiting = { asked: { unit, request, transaction }, settle };
        if (request.kind !== "timed-on") client.ask(unit, request, settle);
        else link.write(wrapRequest(kind, waiting.asked, encodeRequest(request)));
      });
    },
    abort: () => waiting?.settle(fail("closed")),
    silenceSince: () => lastByteAt,
    strayBytes: () => strayBytes,
    strayAt: () => strayAt,
    wasBusy: () => wasBusy,
  };
}

function isBusy(pdu: Uint8Array): boolean {
  const [functionByte = 0, code = 0] = pdu;
  return functionByte >= EXCEPTION_FLAG && busyExceptions.has(code);
}

/** Keeps the newest bytes. */
function joined(before: Uint8Array, more: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(before.length + more.length);
  all.set(before);
  all.set(more, before.length);
  return all.length <= MAX_RECEIVED_BYTES ? all : all.slice(-MAX_RECEIVED_BYTES);
}
