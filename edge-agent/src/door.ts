import type { PublicKey } from "@loa/shared/kernel/ambient.ts";
import { checkOrder, sealingKeyOf } from "@loa/shared/trust/authority.ts";
import type { SignedOrder } from "@loa/shared/trust/order.ts";
import {
  followRosters,
  type Roster,
  type RosterRoot,
  rootOfEnrolment,
  rosterChain,
  type SignedRoster,
} from "@loa/shared/trust/roster.ts";
import { emergencyBody, localBody } from "@loa/shared/wire/bodies.ts";
import { type Envelope, openSealed } from "@loa/shared/wire/envelope.ts";
import { parseStrictJson } from "@loa/shared/wire/strict-json.ts";
import { parseTopic, ruleOf } from "@loa/shared/wire/topics.ts";
import { openProof } from "./alert-proof.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentEvent, OpenedOrder } from "./core/event.ts";
import type { Loop } from "./loop.ts";
import type { AgentPorts, BusEvent } from "./ports.ts";

type Message = Extract<BusEvent, { kind: "message" }>;

/** Where everything comes in: topic, size, form, keys and signatures are looked at before the core hears of it. */
export interface Door {
  onBus(event: BusEvent): void;
  /** Of the enrolment: on an empty disk they are the first. */
  offerRosters(rosters: readonly SignedRoster[]): void;
}

export function createDoor(ports: AgentPorts, config: AgentConfig, loop: Loop): Door {
  const { crypto, log } = ports;
  const rosterInForce = () => loop.state.memory.roster?.contents ?? null;

  /** What follows from the roster in force, or from `first` where there is none, and why the rest does not. */
  function lookAt(
    offered: readonly SignedRoster[],
    first: RosterRoot | null,
  ): Omit<Extract<AgentEvent, { kind: "roster" }>, "token"> {
    const { roster, signed, refused } = followRosters(rosterInForce(), first, offered, crypto);
    const taken = roster === null || signed === null ? null : { signed, contents: roster };
    return { kind: "roster", taken, refused };
  }

  function onRoster({ payload, accept }: Message): void {
    const chain = rosterChain.safeParse(parseStrictJson(payload));
    const token = loop.keep(accept);
    const first = config.rosterRoot ?? rootOfEnrolment(config.issuers);
    if (chain.success) loop.post({ ...lookAt(chain.data.rosters, first), token });
    else loop.post({ kind: "roster", token, taken: null, refused: "malformed" });
  }

  /** Without a roster the keys of the enrolment are believed; with one nobody else is. */
  function keyOf(issuer: string): PublicKey | null {
    const roster = rosterInForce();
    return roster === null ? (config.issuers.get(issuer) ?? null) : sealingKeyOf(roster, issuer);
  }

  function onEnvelope({ payload, accept }: Message): void {
    const opened = openSealed(payload, keyOf, crypto);
    const roster = rosterInForce();
    const orders = opened.ok && roster !== null ? ordersIn(opened.value, roster, ports) : [];
    loop.post({
      kind: "envelope",
      token: loop.keep(accept),
      opened,
      ...(orders.length === 0 ? {} : { orders }),
    });
  }

  function onMessage(event: Message): void {
    const topic = parseTopic(event.topic);
    const sizeBytes = event.payload.length;
    if (topic === null || sizeBytes === 0 || sizeBytes > ruleOf(topic).maxBytes) {
      log.warn("message.refused", { topic: event.topic.slice(0, 80), sizeBytes });
      event.accept();
    } else if (topic.kind === "roster") onRoster(event);
    else onEnvelope(event);
  }

  return {
    onBus(event) {
      switch (event.kind) {
        case "connected": {
          const nonce = crypto.sha256Hex(ports.random.bytes(16)).slice(0, 32);
          loop.post({ kind: "connected", nonce, isPartial: event.isPartial });
          return;
        }
        case "disconnected":
          loop.post({ kind: "disconnected", reason: event.reason });
          return;
        case "message":
          onMessage(event);
      }
    },
    offerRosters(rosters) {
      if (rosters.length === 0) return;
      loop.post({ ...lookAt(rosters, config.rosterRoot ?? null), token: null });
    },
  };
}

/** What an envelope carries that persons have signed. A body that is none is the core's to refuse. */
function ordersIn({ kind, body }: Envelope, roster: Roster, ports: AgentPorts): readonly OpenedOrder[] {
  const check = (one: SignedOrder) => checkOrder(roster, one, ports.crypto);
  if (kind === "local") return localBody.safeParse(body).data?.orders.map(check) ?? [];
  const raised = kind === "emergency" ? emergencyBody.safeParse(body).data : undefined;
  if (raised?.order !== undefined) return [check(raised.order)];
  return raised?.proof === undefined ? [] : [openProof(roster, raised.proof, raised.emergency, ports)];
}
