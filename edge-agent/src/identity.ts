import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import type { SignedRoster } from "@loa/shared/trust/roster.ts";
import { type EnrolAnswer, enrolAnswer } from "@loa/shared/wire/enrolment.ts";
import { z } from "zod";
import type { TlsIdentity } from "./tls-identity.ts";

/** Who this box is: what enrolment gave it, and its own key. One file, readable by the agent alone. */
export const identityFile = z.object({
  answer: enrolAnswer,
  privateKey: z.string().min(1),
});

export interface Identity {
  readonly box: BoxId;
  readonly password: string;
  readonly mqttUrl: string;
  readonly contentUrl: string;
  readonly privateKey: SigningKey;
  readonly issuers: ReadonlyMap<string, PublicKey>;
  /** Of the province when the box was enrolled, the oldest first. */
  readonly rosters: readonly SignedRoster[];
  readonly enrolledAt: number;
  /** Null for a box that comes in by its password alone: on the loopback. */
  readonly tls: TlsIdentity | null;
}

export function identityOf(answer: EnrolAnswer, privateKey: SigningKey, tls: TlsIdentity | null): Identity {
  return {
    box: answer.box,
    password: answer.password,
    mqttUrl: answer.mqttUrl,
    contentUrl: answer.contentUrl,
    privateKey,
    issuers: new Map(answer.issuers.map(({ issuer, publicKey }) => [issuer, publicKey as PublicKey])),
    rosters: answer.rosters ?? [],
    enrolledAt: answer.at,
    tls,
  };
}
