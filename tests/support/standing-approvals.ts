import { areaId, standingApprovalId, userId } from "@loa/shared/kernel/ids.ts";
import { asInstant, DAY_MS, type Instant, plus, SECOND_MS } from "@loa/shared/kernel/time.ts";
import { senderKeyOf } from "@loa/shared/node/cap/cap-signature.ts";
import { packAlert } from "@loa/shared/node/cap/packed-alert.ts";
import type { StandingApproval } from "@loa/shared/trust/standing-approval.ts";
import { areaOf, capInfo, capMessage } from "./cap-messages.ts";
import { type SigningService, signCap } from "./signed-cap.ts";

export const SENDER = "dai@kttv.example.vn";

/** Flash floods of one service, here and below. */
export function standingOf(
  service: SigningService,
  from: Instant,
  changed: Partial<StandingApproval> = {},
): StandingApproval {
  return {
    v: 1,
    kind: "standing-approval",
    id: standingApprovalId.parse("lu-quet"),
    severity: "actual",
    sender: SENDER,
    keys: [senderKeyOf(service.certificate)],
    events: ["Lũ quét"],
    eventCodes: [],
    least: { urgency: "Expected", severity: "Severe", certainty: "Likely" },
    areas: [areaId.parse("xa-an-hoa")],
    places: [{ valueName: "loa:area", codes: [["xa-an-hoa", areaId.parse("xa-an-hoa")]] }],
    headline: "Lũ quét: rời khỏi ven suối ngay",
    sirenMs: 8 * SECOND_MS,
    notice: null,
    times: 3,
    gapMs: 10 * SECOND_MS,
    durationMs: 2 * 3_600_000,
    correction: { notice: null },
    author: userId.parse("mot"),
    draftedAt: from,
    from,
    to: plus(from, 300 * DAY_MS),
    ...changed,
  };
}

/** `2026-11-23T08:00:00+07:00`, as CAP wants it. */
export function capTime(at: number): string {
  return `${new Date(at + 7 * 3_600_000).toISOString().slice(0, 19)}+07:00`;
}

export interface AlertWish {
  readonly identifier?: string;
  readonly sender?: string;
  readonly status?: string;
  readonly msgType?: string;
  readonly scope?: string;
  readonly references?: string;
  readonly expires?: string;
  readonly area?: string;
  readonly info?: Partial<Record<string, string>>;
}

/** An alert of that instant, that holds for two hours. */
export function alertAt(at: number, wish: AlertWish = {}): string {
  const sentAt = asInstant(Math.floor(at / 1_000) * 1_000);
  const of = (name: string, value: string | undefined) =>
    value === undefined ? {} : { [name]: `<${name}>${value}</${name}>` };
  return capMessage({
    sent: `<sent>${capTime(sentAt)}</sent>`,
    ...of("identifier", wish.identifier),
    ...of("sender", wish.sender),
    ...of("status", wish.status),
    ...of("msgType", wish.msgType),
    ...of("scope", wish.scope),
    ...of("references", wish.references),
    infos: capInfo({
      expires: `<expires>${wish.expires ?? capTime(sentAt + 2 * 3_600_000)}</expires>`,
      area: wish.area ?? areaOf("xa-an-hoa"),
      ...wish.info,
    }),
  });
}

/** Signed and packed for the way to the boxes. */
export function packed(document: string, service: SigningService | null): string {
  const text = packAlert(service === null ? document : signCap(document, service));
  if (text === null) throw new Error("larger than one envelope");
  return text;
}
