import type { Instant } from "@loa/shared/kernel/time.ts";
import type { BoxCertificate } from "@loa/shared/wire/enrolment.ts";

/** What this box shows at a door that speaks TLS, and what it believes there. */
export interface TlsIdentity extends BoxCertificate {
  /** On P-256, made here, PKCS #8 PEM. Never sent. */
  readonly privateKey: string;
  readonly serial: string;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
}

/** For one connection: asked anew each time, since a certificate is renewed while the box runs. */
export interface DoorKeys {
  /** PEM of the authorities that are believed; undefined: those that the system knows. */
  readonly ca: readonly string[] | undefined;
  readonly own: { readonly key: string; readonly cert: string } | null;
  readonly time: KnownTime;
}

/** The box's own time, for a machine whose clock says 1970. Not known: it is not earlier than `at`, and nobody knows more. */
export interface KnownTime {
  readonly at: Instant;
  readonly isKnown: boolean;
}
