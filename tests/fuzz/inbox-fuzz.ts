import { areaId, boxId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, plus } from "@loa/shared/kernel/time.ts";
import { newKeyPair, nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type EnvelopeKind, envelopeKind } from "@loa/shared/wire/envelope.ts";
import { areaTopic, boxTopic, rosterTopic } from "@loa/shared/wire/topics.ts";
import { createSeededRandom, type SeededRandom } from "@loa/simulator/virtual/random.ts";
import { province } from "../contract/broker.contract.ts";
import { daily } from "../support/box-world.ts";
import { areaOf } from "../support/cap-messages.ts";
import { emptyPlan } from "../support/plans.ts";
import {
  approved,
  approvedStanding,
  localOrderOf,
  type RosterWorld,
  rosterWorld,
} from "../support/roster-world.ts";
import { signingService } from "../support/signed-cap.ts";
import { alertAt, packed, standingOf } from "../support/standing-approvals.ts";
import { signers, signRoster } from "../support/trust-world.ts";
import { bentBytes, hostileTexts } from "./bend-bytes.ts";
import type { Fuzz } from "./fuzz.ts";
import { bentJson } from "./hostile-json.ts";

const sender = await signingService("ec");
const stranger = await signingService("ec");
const box = boxId.parse("cum-1");
const messagesOfRound = 150;
/** The numbers of hostile envelopes end here, those of the honest ones begin. */
const aboveAll = 5_001;
/** How much of a good message is bent. */
const chances = [0.01, 0.03, 0.1] as const;

/**
 * The inbox of a real agent whose province has a roster, with the broker in the attacker's hands, and in every second
 * round the controller's own key too. What is forged is never believed, nothing sounds that two persons have not approved, and
 * after every round the box obeys its control room as before.
 */
export const inboxFuzz: Fuzz = {
  name: "inbox",
  async run({ seed, firstRound, isOver }) {
    let round = firstRound;
    const answers = new Map<string, number>();
    for (; !isOver(round); round += 1) {
      const random = createSeededRandom(`${seed}/inbox/${round}`);
      const world = await rosterWorld({ seed: `${seed}/${round}` });
      const attack = attackOn(world, random);
      const hasKey = round % 2 === 1;
      const before = world.room.acks.length;
      for (let count = 0; count < messagesOfRound; count += 1) {
        if (hasKey && random.chance(0.7)) attack.abuseKey();
        else attack.forge();
        if (random.chance(0.1)) await world.soon(random.pick([100, 1_000, 20_000]));
      }
      await world.soon();
      const believed = world.room.acks.slice(before).find(({ state }) => state === "accepted");
      if (!hasKey && believed !== undefined) throw new Error(`forged, and believed: ${believed.command}`);
      await obeys(world, attack.nextRevision());
      for (const { state, reason } of world.room.acks)
        answers.set(reason ?? state, (answers.get(reason ?? state) ?? 0) + 1);
    }
    const note = [...answers].map(([answer, count]) => `${answer} ${count}`).join(", ");
    return { rounds: round - firstRound, note };
  },
};

/** What an honest control room says now is done, and nobody else has made the box speak. */
async function obeys(world: RosterWorld, revision: number): Promise<void> {
  const sounds = world.names().filter((name) => name === "siren" || name === "notice");
  if (sounds.length > 0) throw new Error(`the box has said ${sounds.join(", ")}`);
  if (world.reportedRoster() !== 1) throw new Error(`roster ${world.reportedRoster()} is in force`);
  const before = world.room.acks.length;
  const sequence = aboveAll;
  world.publishPlan(world.sealedPlan(revision, [], [], {}, { sequence }));
  await world.soon();
  const answered = world.room.acks.slice(before).some(({ state }) => state === "accepted");
  if (!answered) throw new Error(`the plan of the control room was answered ${world.answer()}`);
  const order = world.orderOf({ id: emergencyId.parse("that-su") });
  world.send(order, approved(order, ["hai", "ba"]), { sequence: sequence + 1 });
  await world.soon(20_000);
  if (!world.names().includes("siren")) throw new Error(`an approved emergency is silent: ${world.answer()}`);
}

function attackOn(world: RosterWorld, random: SeededRandom) {
  const { room } = world;
  const stranger = newKeyPair();
  let revision = 1;
  const nextRevision = () => {
    revision += 1;
    return revision;
  };
  const publish = (payload: string) => {
    const topics = [boxTopic(box, "command"), boxTopic(box, "plan"), areaTopic(province), rosterTopic];
    room.broker.publish({ topic: random.pick(topics), payload, qos: 1, retain: random.chance(0.2) });
  };
  const bodies = bodiesFor(world, nextRevision);

  function good(): string {
    const [kind, body] = random.pick(bodies)();
    return room.sealed(kind, body, plus(world.time.instant(), HOUR_MS));
  }

  const forgeries: readonly (() => string)[] = [
    () => {
      const whole = good();
      const bent = bentBytes(Buffer.from(whole), random).toString("utf8");
      return bent === whole ? "" : bent;
    },
    () => random.pick(hostileTexts),
    () => {
      const [kind, body] = random.pick(bodies)();
      const forged = {
        privateKey: stranger.privateKey,
        issuer: random.pick(["room", "hai", "root-1", "nobody"]),
      };
      return room.sealed(kind, body, plus(world.time.instant(), HOUR_MS), forged);
    },
    () => {
      const [, body, signature] = good().split(".");
      const heads = [
        '{"alg":"none","kid":"room","typ":"loa+jws"}',
        '{"alg":"HS256","kid":"room","typ":"loa+jws"}',
        "{}",
        "[]",
      ];
      return `${nodeCrypto.toBase64Url(random.pick(heads))}.${body}.${random.chance(0.5) ? signature : ""}`;
    },
    () => bentJson({ rosters: [signRoster(world.rosterOf(2), signers(1))] }, random, random.pick(chances)),
    () => bentJson({ rosters: [signRoster(world.rosterOf(2), [])] }, random, random.pick(chances)),
  ];
  return {
    nextRevision,
    /** Nothing here is signed by whom it says. */
    forge: () => publish(random.pick(forgeries)()),
    /** Signed by the controller's key over something that no controller says. */
    abuseKey() {
      const [kind, body] = random.pick(bodies)();
      const at = world.time.instant();
      const contents = {
        v: 1,
        id: newCommandId(at, random),
        kind: random.chance(0.9) ? kind : random.pick(envelopeKind.options),
        audience: random.chance(0.9) ? { box } : { area: province },
        issuer: "room",
        issuedAt: at,
        notBefore: at,
        expiresAt: plus(at, HOUR_MS),
        critical: [],
      };
      const chance = random.pick(chances);
      const around = random.chance(0.7) ? JSON.stringify(contents) : bentJson(contents, random, chance);
      // Not bent: who has the key could use up all numbers at once, and nothing would come after.
      const start = `{"sequence":${random.integer(1, aboveAll - 1)},"body":${bentJson(body, random, chance)}`;
      const text = around.startsWith('{"') ? `${start},${around.slice(1)}` : around;
      const signed = `${nodeCrypto.toBase64Url('{"alg":"EdDSA","kid":"room","typ":"loa+jws"}')}.${nodeCrypto.toBase64Url(text)}`;
      publish(`${signed}.${nodeCrypto.sign(world.key.privateKey, signed)}`);
    },
  };
}

/** A good body of each kind that a control room sends; emergencies lack an approval. */
function bodiesFor(
  world: RosterWorld,
  nextRevision: () => number,
): readonly (() => readonly [EnvelopeKind, unknown])[] {
  const news = world.addClip("news", 60_000);
  const schedules = [daily("sang", ["05:00:00"], [news])];
  const order = world.orderOf();
  const raised = {
    emergency: {
      id: order.id,
      severity: "actual",
      headline: order.headline,
      at: order.draftedAt,
      expiresAt: plus(order.draftedAt, HOUR_MS),
      sirenMs: 8_000,
      notice: null,
      times: 1,
      gapMs: 0,
    },
  };
  const half = approved(order, ["hai"]);
  const local = localOrderOf(world);
  const here = areaId.parse("tinh");
  const places = [{ valueName: "loa:area", codes: [["tinh", here] as [string, typeof here]] }];
  const standing = standingOf(sender, world.time.instant(), { areas: [here], places });
  const document = alertAt(world.time.instant(), { area: areaOf("tinh") });
  const approvedByOne = { standing: approvedStanding(standing, ["hai"]), alert: packed(document, sender) };
  const ofStranger = {
    standing: approvedStanding(standing, ["hai", "ba"]),
    alert: packed(document, stranger),
  };
  return [
    () => ["plan", { plan: emptyPlan({ revision: nextRevision(), schedules }) }],
    () => ["stop", { at: world.time.instant() }],
    () => ["emergency", raised],
    () => ["emergency", { ...raised, order: half }],
    () => ["emergency", { ...raised, order: { ...half, approvals: [...half.approvals, ...half.approvals] } }],
    () => ["emergency", { ...raised, proof: approvedByOne }],
    () => ["emergency", { ...raised, proof: ofStranger }],
    () => ["withdraw", { standings: [{ id: standing.id, until: standing.to }] }],
    () => ["cancel", { emergency: order.id }],
    () => ["local", { orders: [approved(local, ["hai"])] }],
    () => ["time", { nonce: "0".repeat(32), at: world.time.instant() }],
    () => ["received", { stream: "stream", upTo: 5 }],
    () => ["test", {}],
  ];
}
