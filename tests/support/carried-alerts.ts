import { areaId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, plus } from "@loa/shared/kernel/time.ts";
import { readPinnedAlert } from "@loa/shared/node/cap/read-pinned-alert.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { asPart, orderFromCovered } from "@loa/shared/trust/alert-order.ts";
import { emergencyFrom } from "@loa/shared/trust/order.ts";
import type { SignedStandingApproval, StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import type { Forgery } from "./box-world.ts";
import { areaOf } from "./cap-messages.ts";
import { approvedStanding, type Person, type RosterWorld } from "./roster-world.ts";
import { signCap, signingService } from "./signed-cap.ts";
import { type AlertWish, alertAt, packed, standingOf } from "./standing-approvals.ts";

export const service = await signingService("ec");
const here = areaId.parse("tinh");
const places = [{ valueName: "loa:area", codes: [["tinh", here] as [string, typeof here]] }];
export const TWO: readonly Person[] = ["hai", "ba"];

export function standing(world: RosterWorld, change: Partial<StandingApproval> = {}): StandingApproval {
  const from = plus(world.time.instant(), -HOUR_MS);
  return standingOf(service, from, { areas: [here], places, times: 1, ...change });
}

export function alertOf(world: RosterWorld, wish: AlertWish = {}): string {
  return signCap(alertAt(world.time.instant(), { area: areaOf("tinh"), ...wish }), service);
}

export interface Carried {
  readonly approved: StandingApproval;
  readonly signed?: SignedStandingApproval;
  readonly document: string;
  /** Another text than the one that is reckoned with. */
  readonly sent?: string;
  readonly at?: Instant;
  readonly id?: string;
  readonly headline?: string;
  /** As the second of several that it becomes. */
  readonly isPart?: boolean;
}

/** As the control room carries it, or as whoever has stolen its key would like to. */
export function carry(world: RosterWorld, wish: Carried, forgery: Forgery = {}): void {
  const {
    approved,
    signed = approvedStanding(approved, TWO),
    document,
    sent = packed(document, null),
  } = wish;
  const at = wish.at ?? world.time.instant();
  const read = readPinnedAlert(packed(document, null), approved.keys);
  const order = read.ok ? orderFromCovered(approved, read.value, at, nodeCrypto) : read;
  const emergency = order.ok
    ? emergencyFrom(wish.isPart ? asPart(order.value, approved, nodeCrypto) : order.value, at)
    : { ...emergencyFrom(world.orderOf(), at), headline: approved.headline };
  const { id = emergency.id, headline = emergency.headline } = wish;
  const body = {
    emergency: { ...emergency, id: emergencyId.parse(id), headline },
    proof: { standing: signed, alert: sent },
  };
  world.room.command("emergency", body, 400 * DAY_MS, forgery);
}

export async function answerTo(world: RosterWorld, wish: Carried): Promise<string> {
  carry(world, wish);
  await world.soon(MINUTE_MS);
  return world.answer();
}
