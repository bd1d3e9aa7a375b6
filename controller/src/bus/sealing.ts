import type { Clock, Crypto, Random } from "@loa/shared/kernel/ambient.ts";
import type { CommandId } from "@loa/shared/kernel/ids.ts";
import type { Instant } from "@loa/shared/kernel/time.ts";
import { newCommandId } from "@loa/shared/wire/command-id.ts";
import { type Audience, type EnvelopeKind, type Signer, seal } from "@loa/shared/wire/envelope.ts";
import type { Sequences } from "./sequences.ts";

export interface Letter {
  readonly kind: EnvelopeKind;
  readonly audience: Audience;
  readonly body: unknown;
  /** Null for what needs no answer: then each envelope gets its own. */
  readonly command: CommandId | null;
  readonly expiresAt: Instant | null;
}

/** Signs at the moment of sending, with a fresh sequence; null while no sequence is reserved. */
export type Seal = (letter: Letter) => string | null;

/** On a full disk these can still be signed. */
const pressing: readonly EnvelopeKind[] = ["stop", "emergency", "cancel"];

export interface SealingPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
}

export function createSeal(ports: SealingPorts, signer: Signer, sequences: Sequences): Seal {
  const { clock, random, crypto } = ports;
  return ({ kind, audience, body, command, expiresAt }) => {
    const sequence = sequences.take(pressing.includes(kind));
    if (sequence === null) return null;
    const now = clock.now();
    const contents = {
      v: 1 as const,
      id: command ?? newCommandId(now, random),
      kind,
      audience,
      issuer: signer.issuer,
      sequence,
      issuedAt: now,
      notBefore: now,
      expiresAt,
      critical: [],
      body,
    };
    return seal(contents, signer, crypto);
  };
}
