import type { PublicKey, SigningKey } from "@loa/shared/kernel/ambient.ts";

/** Settings of one controller; parsed from the environment and flags by `main.ts`. */
export interface ControllerConfig {
  /** How boxes reach the broker and the content, as told at enrolment: `mqtt://host:port`, `http://host:port`. */
  readonly mqttUrl: string;
  readonly contentUrl: string;
  /** How people reach the pages, as their browsers call it: passkeys are bound to this origin. */
  readonly publicUrl: string;
  /** Where they approve emergencies: a site of its own, unless it is the same. */
  readonly approvalUrl: string;
  /**
   * Whose certificates boxes believe when they come to our doors: our own authority's, or those of the public ones too,
   * where a door was given a certificate.
   */
  readonly boxesTrust: "own" | "own-and-public";
  /** A box comes in only with a certificate, so it must ask for one when it enrols. */
  readonly areBoxesCertified: boolean;
  /** Id and key pair of the controller's online key. */
  readonly issuer: string;
  readonly privateKey: SigningKey;
  readonly publicKey: PublicKey;
  /** Built pages of the console; null serves the API only. */
  readonly webFolder: string | null;
  /** Hosts that may stand in the Host header, such as `127.0.0.1:8080`. */
  readonly allowedHosts: readonly string[];
  /** Who may sign in with a password or a passkey of ours: all, or the break-glass account only. */
  readonly ownSignIn: "everybody" | "break-glass";
  /** Somebody in front of us ends TLS, and says in `X-Forwarded-For` from where people come. */
  readonly isBehindProxy: boolean;
  /** False only on loopback, where there is no TLS: then the cookie cannot be `__Host-` and `Secure`. */
  readonly secureCookies: boolean;
  /** Who may read `/metrics` from elsewhere than the loopback sends this as bearer token; null: nobody. */
  readonly metricsToken: string | null;
  readonly firstStart: FirstStart;
}

/** Made in an empty database, and never again: the root of the tree, and operators with every role there. */
export interface FirstStart {
  readonly root: { readonly id: string; readonly name: string };
  /** At least two where exceptions shall be confirmed by another person. */
  readonly operators: readonly { readonly name: string; readonly password: string }[];
  /** They stand in the database: whatever becomes of this start, the next one makes no others. */
  made?(): void;
}
