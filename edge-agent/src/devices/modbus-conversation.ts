import type { Capability, DeviceFailure, PointValue } from "@loa/shared/device/capability.ts";
import { isIdentity } from "@loa/shared/device/identity.ts";
import type { AnyRequest, ModbusRequest } from "@loa/shared/device/modbus-pdu.ts";
import { type GivenWord, readsBefore, writeRequest } from "@loa/shared/device/point-write.ts";
import { planReads, type ReadBlock, readRequest, wordsOf } from "@loa/shared/device/poll-plan.ts";
import type { ModbusPoint, ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { decodePoint, rawFromWords, widthOf } from "@loa/shared/device/registers.ts";
import { timedOnOrder } from "@loa/shared/device/timed-on.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { BusMaster } from "./bus-master.ts";
import type { Conversation, Patience, ReadGroup, Urgency } from "./conversation.ts";
import type { ExchangeOutcome } from "./exchange.ts";

export interface ModbusConversationPorts {
  readonly profile: ModbusProfile;
  /** Shared with the other units of the line; whoever made it closes it. */
  readonly master: BusMaster;
  readonly unit: number;
}

/**
 * A write that comes while the line is busy waits for one answer: 20 registers take 61 ms at 9600 baud, and that leaves
 * room for the write itself within 120 ms.
 */
const MAX_BLOCK_REGISTERS = 20;

type Failed = Result<never, DeviceFailure>;

export function createModbusConversation(ports: ModbusConversationPorts): Conversation {
  return new ModbusConversation(ports);
}

class ModbusConversation implements Conversation {
  readonly blocks: readonly ReadGroup[];
  readonly timedOn: Conversation["timedOn"];
  readonly #ports: ModbusConversationPorts;
  readonly #blockOf: ReadonlyMap<ReadGroup, ReadBlock>;

  constructor(ports: ModbusConversationPorts) {
    this.#ports = ports;
    this.#blockOf = new Map(
      blocksOf(ports.profile).map((block) => {
        const capabilities = block.points.map(({ capability }) => capability);
        return [{ poll: block.poll, capabilities }, block];
      }),
    );
    this.blocks = [...this.#blockOf.keys()];
    const { agentLoss } = ports.profile;
    this.timedOn =
      agentLoss?.kind !== "timed-on"
        ? null
        : async (capability, onMs) => {
            const order = timedOnOrder(agentLoss, capability, onMs);
            return order === null ? fail("not-supported") : this.#order(order, {});
          };
  }

  async identify(patience: Patience): Promise<Result<void, DeviceFailure>> {
    const tries = patience === "one-try" ? { retries: 0 } : {};
    for (const read of this.#ports.profile.identify) {
      const request = readRequest({ ...read, count: widthOf(read.type) });
      const answer = await this.#ask(request, "write", tries);
      // A register that the unit does not have is also a wrong identity.
      if (!answer.ok) return fail(answer.error === "exception" ? "wrong-identity" : answer.error);
      if (!isIdentity(read, rawFromWords(read, answer.value))) return fail("wrong-identity");
    }
    return ok(undefined);
  }

  async read(group: ReadGroup, urgency: Urgency): Promise<Result<readonly PointValue[], DeviceFailure>> {
    const block = this.#blockOf.get(group);
    if (block === undefined) return fail("not-supported");
    const answer = await this.#ask(readRequest(block), urgency);
    if (answer.ok)
      return ok(block.points.map((point) => decodePoint(point, wordsOf(point, block, answer.value))));
    if (answer.error !== "exception") return fail(answer.error);
    // The device is there and says that it has no such value now.
    return ok(block.points.map(({ capability }) => ({ capability, quality: "invalid" })));
  }

  async readPoint(capability: Capability, urgency: Urgency): Promise<Result<PointValue, DeviceFailure>> {
    const point = this.#pointOf(capability);
    if (point === undefined) return fail("not-supported");
    const block = { space: point.space, address: point.address, count: widthOf(point.type) };
    const answer = await this.#ask(readRequest(block), urgency);
    if (answer.ok) return ok(decodePoint(point, wordsOf(point, block, answer.value)));
    return answer.error === "exception" ? ok({ capability, quality: "invalid" }) : fail(answer.error);
  }

  send(capability: Capability, value: number): Promise<Result<void, DeviceFailure>> {
    return this.#write(capability, value, {});
  }

  async sendLast(capability: Capability, value: number): Promise<void> {
    await this.#write(capability, value, { retries: 0 });
  }

  /** A Modbus device never speaks unasked. */
  onNews(): void {}

  async close(): Promise<void> {}

  async #write(
    capability: Capability,
    value: number,
    tries: { readonly retries?: number },
  ): Promise<Result<void, DeviceFailure>> {
    const point = this.#pointOf(capability);
    if (point === undefined) return fail("not-supported");
    const request = await this.#requestFor(point, value, tries);
    return request.ok ? this.#order(request.value, tries) : request;
  }

  /** A packed word is read just before it is written, so that its other bits stay as they are. */
  async #requestFor(
    point: ModbusPoint,
    value: number,
    tries: { readonly retries?: number },
  ): Promise<Result<ModbusRequest, DeviceFailure>> {
    const given: GivenWord[] = [];
    for (const place of readsBefore(point)) {
      const answer = await this.#ask(readRequest({ ...place, count: 1 }), "write", tries);
      if (!answer.ok) return answer;
      given.push({ ...place, word: answer.value[0] ?? 0 });
    }
    return writeRequest(point, value, given);
  }

  async #order(
    request: AnyRequest,
    tries: { readonly retries?: number },
  ): Promise<{ readonly ok: true; readonly value: undefined } | Failed> {
    const answer = await this.#ask(request, "write", tries);
    return answer.ok ? ok(undefined) : answer;
  }

  #ask(
    request: AnyRequest,
    urgency: Urgency,
    tries: { readonly retries?: number } = {},
  ): Promise<ExchangeOutcome> {
    const { master, unit, profile } = this.#ports;
    const timing = { ...profile.timing, ...tries };
    return master.ask({ unit, timing, quirks: profile.quirks, request, urgency });
  }

  #pointOf(capability: Capability): ModbusPoint | undefined {
    return this.#ports.profile.points.find((candidate) => candidate.capability === capability);
  }
}

function blocksOf({ points, timing, transport }: ModbusProfile): readonly ReadBlock[] {
  const isSlow = transport.kind === "modbus-rtu";
  const maxRead = isSlow ? Math.min(timing.maxRead, MAX_BLOCK_REGISTERS) : timing.maxRead;
  return planReads(points, { maxRead, maxHole: timing.maxHole });
}
