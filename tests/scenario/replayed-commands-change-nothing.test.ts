import { type AreaId, boxId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import { areaTopic, boxTopic, toBox } from "@loa/shared/wire/topics.ts";
import { describe, expect, test } from "vitest";
import type { Forgery } from "../support/box-world.ts";
import { approved, type RosterWorld, rosterWorld } from "../support/roster-world.ts";

const box = boxId.parse("cum-1");
const province = "tinh" as AreaId;
const YEAR_MS = 365 * DAY_MS;

/** A box, and an attacker who holds the broker and a recording of all that was ever said. */
async function world() {
  const made = await rosterWorld();
  const seal = (kind: "emergency" | "stop" | "cancel", body: unknown, forgery: Forgery = {}) =>
    made.room.sealed(kind, body, plus(made.time.instant(), HOUR_MS), {
      audience: { area: province },
      ...forgery,
    });
  return {
    ...made,
    seal,
    /** Drafted now, and approved by two. */
    sealedEmergency(forgery: Forgery = {}): string {
      const order = made.orderOf();
      const emergency = emergencyFrom(order, made.time.instant());
      return seal("emergency", { emergency, order: approved(order, ["hai", "ba"]) }, forgery);
    },
    sealedStop: () => seal("stop", { at: made.time.instant() }),
    sealedCancel: () => seal("cancel", { emergency: made.orderOf().id }),
    /** On whatever topic the attacker likes. */
    play(text: string) {
      made.room.broker.publish({ topic: areaTopic(province), payload: text, qos: 1, retain: false });
      made.room.broker.publish(toBox(box, "command", text));
      made.room.broker.publish({ topic: boxTopic(box, "plan"), payload: text, qos: 1, retain: false });
    },
    sirens: () => made.names().filter((name) => name === "siren").length,
    pass: (ms: number) => made.until(plus(made.time.instant(), ms)),
  };
}

/** Before it ends, so that one that was believed again would be heard. */
async function said(from: Awaited<ReturnType<typeof world>>): Promise<string> {
  const text = from.sealedEmergency();
  from.play(text);
  await from.pass(MINUTE_MS);
  expect(from.sirens()).toBe(1);
  return text;
}

describe("an emergency that was said is not said again when its recording comes", () => {
  test("in the same session, a hundred times, on every topic", async () => {
    const made = await world();
    const text = await said(made);
    for (let round = 0; round < 100; round += 1) made.play(text);
    await made.pass(30 * MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test("in a new session", async () => {
    const made = await world();
    const text = await said(made);
    made.network.restartBroker();
    await made.pass(2 * MINUTE_MS);
    made.play(text);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test.for([
    ["after an update of the agent", ({ box: machine }: RosterWorld) => machine.restartAgent()],
    ["after a kill of the agent", ({ box: machine }: RosterWorld) => machine.crashAgent()],
    [
      "after a power cut",
      ({ box: machine }: RosterWorld) => {
        machine.cutPower();
        machine.boot();
      },
    ],
    [
      "after a power cut, with a clock at 1970 and nobody who tells the time",
      ({ box: machine, room }: RosterWorld) => {
        room.answersTime.value = false;
        machine.troubles.areTimeServersSilent = true;
        machine.cutPower();
        machine.boot({ wallIs1970: true });
      },
    ],
  ] as const)("%s", async ([, happens]) => {
    const made = await world();
    const text = await said(made);
    happens(made);
    await made.pass(2 * MINUTE_MS);
    made.play(text);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test("after it was cancelled", async () => {
    const made = await world();
    const text = await said(made);
    made.play(made.sealedCancel());
    await made.pass(MINUTE_MS);
    made.play(text);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test("after a STOP, nor after that STOP was repeated", async () => {
    const made = await world();
    const text = await said(made);
    const stop = made.sealedStop();
    made.play(stop);
    await made.pass(MINUTE_MS);
    for (const one of [text, stop, text]) made.play(one);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test("a year later, with the clock set back to the day of the recording and nobody who tells the time", async () => {
    const made = await world();
    const text = await said(made);
    made.box.cutPower();
    await made.pass(YEAR_MS);
    made.room.answersTime.value = false;
    made.box.troubles.areTimeServersSilent = true;
    made.box.boot({ wallIs1970: true });
    await made.pass(5 * MINUTE_MS);
    made.play(text);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });
});

describe("an emergency that an attacker kept back is not said", () => {
  test("after a STOP that was issued after it", async () => {
    const made = await world();
    const kept = made.sealedEmergency();
    await made.pass(SECOND_MS);
    made.play(made.sealedStop());
    await made.pass(5 * SECOND_MS);
    made.play(kept);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(0);
    expect(made.room.acks.at(-1)).toMatchObject({ state: "refused" });
  });

  test("after a STOP, a power cut and a boot without the time", async () => {
    const made = await world();
    const kept = made.sealedEmergency();
    await made.pass(SECOND_MS);
    made.play(made.sealedStop());
    await made.pass(5 * SECOND_MS);
    made.room.answersTime.value = false;
    made.box.troubles.areTimeServersSilent = true;
    made.box.cutPower();
    made.box.boot({ wallIs1970: true });
    await made.pass(2 * MINUTE_MS);
    made.play(kept);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(0);
  });

  test("but one that is issued after the STOP is", async () => {
    const made = await world();
    made.play(made.sealedStop());
    await made.pass(SECOND_MS);
    made.play(made.sealedEmergency());
    await made.pass(MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test("a year later, when the box knows the time", async () => {
    const made = await world();
    const kept = made.sealedEmergency();
    made.box.cutPower();
    await made.pass(YEAR_MS);
    made.box.boot();
    await made.pass(5 * MINUTE_MS);
    made.play(kept);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(0);
    // By then the approvals of its persons may have ended, which is looked at before the time.
    const { state, reason } = made.room.acks.at(-1) ?? {};
    expect([state, reason]).toEqual(["refused", expect.stringMatching(/^(expired|not-approved)$/)]);
  });

  test("a year later without the time, since the box has heard something newer from its control room", async () => {
    const made = await world();
    const kept = made.sealedEmergency();
    made.play(made.sealedStop());
    await made.pass(MINUTE_MS);
    made.box.cutPower();
    await made.pass(YEAR_MS);
    made.room.answersTime.value = false;
    made.box.troubles.areTimeServersSilent = true;
    made.box.boot({ wallIs1970: true });
    await made.pass(5 * MINUTE_MS);
    made.play(kept);
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(0);
  });
});

describe("what nobody has signed, or the wrong one, is not believed", () => {
  test("with one bit turned, at every byte", async () => {
    const made = await world();
    const bytes = Buffer.from(made.sealedEmergency());
    const before = made.room.acks.length;
    for (let at = 0; at < bytes.length; at += 1) {
      const bent = Buffer.from(bytes);
      bent.writeUInt8(bent.readUInt8(at) ^ (1 << (at % 8)), at);
      made.room.broker.publish(toBox(box, "command", bent.toString("utf8")));
    }
    await made.pass(10 * MINUTE_MS);
    expect(made.room.acks.length).toBe(before);
    expect(made.sirens()).toBe(0);
    made.play(bytes.toString("utf8"));
    await made.pass(MINUTE_MS);
    expect(made.sirens()).toBe(1);
  });

  test.for<[string, (made: Awaited<ReturnType<typeof world>>) => string]>([
    ["no signature", (made) => `${made.sealedEmergency().split(".").slice(0, 2).join(".")}.`],
    [
      "no algorithm",
      (made) => {
        const [, body] = made.sealedEmergency().split(".");
        return `${nodeCrypto.toBase64Url('{"alg":"none","kid":"room","typ":"loa+jws"}')}.${body}.`;
      },
    ],
    [
      "another key under the name of the control room",
      (made) => made.sealedEmergency({ privateKey: newKeyPair().privateKey }),
    ],
    [
      "a key that nobody knows",
      (made) => made.sealedEmergency({ privateKey: newKeyPair().privateKey, issuer: "nobody" }),
    ],
    [
      "a name twice",
      (made) => {
        const [head, body = ""] = made.sealedEmergency().split(".");
        const text = nodeCrypto.fromBase64Url(body)?.replace('{"v":1', '{"v":1,"kind":"stop"') ?? "";
        const signed = `${head}.${nodeCrypto.toBase64Url(text)}`;
        return `${signed}.${nodeCrypto.sign(made.key.privateKey, signed)}`;
      },
    ],
  ])("with %s, and not answered", async ([, forge]) => {
    const made = await world();
    const before = made.room.acks.length;
    made.play(forge(made));
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(0);
    expect(made.room.acks.length).toBe(before);
  });

  test.for<[string, Forgery]>([
    ["for another area", { audience: { area: "xa-khac" as AreaId } }],
    ["for another box", { audience: { box: boxId.parse("cum-2") } }],
    ["for the control room", { audience: { controller: true } }],
  ])("%s, and answered so", async ([, forgery]) => {
    const made = await world();
    made.play(made.sealedEmergency(forgery));
    await made.pass(10 * MINUTE_MS);
    expect(made.sirens()).toBe(0);
    expect(made.room.acks.at(-1)).toMatchObject({ state: "refused", reason: "wrong-audience" });
  });
});
