import { type Capability, capability } from "@loa/shared/device/capability.ts";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { areaId, boxId, emergencyId, userId } from "@loa/shared/kernel/ids.ts";
import { HOUR_MS, MINUTE_MS, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { approveWith, newSoftwareKey, type SoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { challengeOf } from "@loa/shared/trust/approval.ts";
import {
  type ApprovedOrder,
  type EmergencyOrder,
  emergencyFrom,
  type LocalOrder,
  orderText,
  type SignedOrder,
} from "@loa/shared/trust/order.ts";
import type { Roster, SignedRoster } from "@loa/shared/trust/roster.ts";
import {
  type SignedStandingApproval,
  type StandingApproval,
  standingApprovalText,
} from "@loa/shared/trust/standing-approval.ts";
import { rosterTopic } from "@loa/shared/wire/topics.ts";
import { type BoxWorld, type BoxWorldOptions, boxWorld, type Forgery } from "./box-world.ts";
import { machineKey, personKey, rosterWith, signers, signRoster } from "./trust-world.ts";

const site = ["loa.example.vn", "https://loa.example.vn"] as const;
const all = ["approve-actual", "approve-exercise"] as const;

/** Persons with a key of their own. `mot` writes, `hai` and `ba` may approve everything in the province, `tu` exercises. */
export const persons = {
  mot: newSoftwareKey(...site),
  hai: newSoftwareKey(...site),
  ba: newSoftwareKey(...site, "EdDSA"),
  tu: newSoftwareKey(...site),
  nam: newSoftwareKey(...site),
} as const;
export type Person = keyof typeof persons;

export interface RosterWorldOptions extends BoxWorldOptions {
  readonly roster?: Partial<Roster>;
}

export type RosterWorld = Awaited<ReturnType<typeof rosterWorld>>;

/** A box whose province has a roster: two persons approve, the control room only carries. */
export async function rosterWorld(options: RosterWorldOptions = {}) {
  const world = await boxWorld({ beginsAt: "04:50:00", ...options });
  const keys: Roster["keys"] = [
    machineKey(world.key.publicKey, "tinh", "room"),
    personKey("mot", persons.mot, all, ["tinh"]),
    personKey("hai", persons.hai, all, ["tinh"]),
    personKey("ba", persons.ba, all, ["tinh"]),
    personKey("tu", persons.tu, ["approve-exercise"], ["tinh"]),
    personKey("nam", persons.nam, all, ["xa-khac"]),
  ];
  const rosterOf = (version: number, change: Partial<Roster> = {}) =>
    rosterWith(keys, { version, ...options.roster, ...change });
  const offer = (...rosters: readonly SignedRoster[]) =>
    world.room.broker.publish({
      topic: rosterTopic,
      payload: JSON.stringify({ rosters }),
      qos: 1,
      retain: true,
    });

  const orderOf = (change: Partial<EmergencyOrder> = {}): EmergencyOrder => {
    const draftedAt = world.time.instant();
    return {
      v: 1,
      kind: "emergency",
      id: emergencyId.parse("lu-quet"),
      severity: "actual",
      headline: "Lũ quét đang về",
      sirenMs: 8 * SECOND_MS,
      notice: null,
      times: 1,
      gapMs: 0,
      durationMs: HOUR_MS,
      author: userId.parse("mot"),
      draftedAt,
      areas: [areaId.parse("tinh")],
      replaces: null,
      correction: null,
      approveBy: plus(draftedAt, 30 * MINUTE_MS),
      ...change,
    };
  };
  /** Carries what was signed to the box, as the control room does; `change` is what somebody in between changes. */
  const send = (
    order: EmergencyOrder,
    signed: SignedOrder | undefined,
    change: { at?: EmergencyOrder["draftedAt"]; headline?: string } & Forgery = {},
  ) => {
    const { at = world.time.instant(), headline = order.headline, ...forgery } = change;
    const emergency = { ...emergencyFrom(order, at), headline };
    const body = signed === undefined ? { emergency } : { emergency, order: signed };
    world.room.command("emergency", body, HOUR_MS, forgery);
  };

  const rosters = {
    ...world,
    rosterOf,
    offer,
    orderOf,
    send,
    /** Approved by two, and sent. */
    raiseApproved(change: Partial<EmergencyOrder> = {}): EmergencyOrder {
      const order = orderOf(change);
      send(order, approved(order, ["hai", "ba"]));
      return order;
    },
    correct: (wrong: Pick<EmergencyOrder, "id">) =>
      world.room.command("cancel", { emergency: wrong.id, correctedAt: world.time.instant() }, HOUR_MS),
    names: () => world.sounds().map(({ what }) => what),
    /** What the box has answered last. */
    answer: () => {
      const last = world.room.acks.at(-1);
      return last?.reason ?? last?.state ?? "nothing";
    },
    /** Lets the box hear what was sent. */
    soon: (ms = 5 * SECOND_MS) => world.until(plus(world.time.instant(), ms)),
    reportedRoster: () => reportedRosterOf(world),
  };
  // The first one is vouched for by a key that the box knows from its enrolment.
  offer(signRoster(rosterOf(1), [...signers(2), { id: "room", privateKey: world.key.privateKey }]));
  world.sendPlan(1, [], []);
  await rosters.soon(30 * SECOND_MS);
  return rosters;
}

/** The order's text, approved by these persons; a key of another may stand under a name. */
export function approved(
  order: ApprovedOrder,
  by: readonly Person[],
  keyOf: (person: Person) => SoftwareKey = (person) => persons[person],
): SignedOrder {
  const payload = orderText(order);
  const challenge = challengeOf(payload, nodeCrypto);
  return { payload, approvals: by.map((person) => approveWith(keyOf(person), person, challenge)) };
}

/** The same for what is approved in advance of alerts. */
export function approvedStanding(one: StandingApproval, by: readonly Person[]): SignedStandingApproval {
  const payload = standingApprovalText(one);
  const challenge = challengeOf(payload, nodeCrypto);
  return { payload, approvals: by.map((person) => approveWith(persons[person], person, challenge)) };
}

/** A message for this box alone, started by a contact of its cabinet. */
export function localOrderOf(world: Pick<BoxWorld, "time">, change: Partial<LocalOrder> = {}): LocalOrder {
  const now = world.time.instant();
  return {
    v: 1,
    kind: "local-emergency",
    id: emergencyId.parse("nuoc-dang"),
    severity: "actual",
    headline: "Nước dâng",
    sirenMs: 8 * SECOND_MS,
    notice: null,
    times: 1,
    gapMs: 0,
    durationMs: 10 * MINUTE_MS,
    author: userId.parse("mot"),
    draftedAt: now,
    box: boxId.parse("cum-1"),
    trigger: { capability: capability.parse("contact.2"), edge: "above", limit: 1 },
    from: now,
    to: plus(now, 90 * 24 * HOUR_MS),
    ...change,
  };
}

/** The reference amplifier with other meanings at two of its lamps: a contact, and the silence key. */
export function withContacts(profile: ModbusProfile): ModbusProfile {
  const meanings: Partial<Record<Capability, Capability>> = {
    "cabinet.door": "contact.2",
    "battery.low": "cabinet.silence",
  };
  const points = profile.points.map((point) => {
    const meaning = meanings[point.capability];
    if (meaning === undefined) return point;
    const { alarm: _none, ...plain } = point;
    return { ...plain, capability: meaning };
  });
  return { ...profile, points };
}

function reportedRosterOf(world: BoxWorld): number | null {
  return world.room.reported.at(-1)?.roster ?? null;
}
