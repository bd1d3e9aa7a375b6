import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { get, send } from "./http.ts";
import { session } from "./shapes.ts";

/** Calls about oneself: how one comes in, one's passkeys, where one is signed in. */

const root = "/api/v1";
const anything = z.unknown();
const ceremony = z.looseObject({ challenge: z.string() });

const waysIn = z.object({
  openId: z.boolean(),
  ownSignIn: z.enum(["everybody", "break-glass"]),
  passkeyOrigin: z.string(),
  approvalOrigin: z.string(),
});
export type WaysIn = z.infer<typeof waysIn>;

const passkey = z.object({
  id: z.string(),
  name: z.string(),
  purpose: z.enum(["sign-in", "approve"]),
  createdAt: instant,
  lastUsedAt: instant.nullable(),
  copiedAt: instant.nullable(),
});
export type Passkey = z.infer<typeof passkey>;

const ownSession = z.object({
  id: z.string(),
  createdAt: instant,
  lastUsedAt: instant,
  method: z.enum(["password", "passkey", "oidc"]),
  address: z.string(),
  isThis: z.boolean(),
});
export type OwnSession = z.infer<typeof ownSession>;

export const ways = () => get(waysIn, `${root}/session/ways`);
export const passkeySignInOptions = () => send(ceremony, "POST", `${root}/session/passkey/options`);
export const signInByPasskey = (answer: object) => send(session, "POST", `${root}/session/passkey`, answer);
export const goToProvider = (fresh: boolean) =>
  send(z.object({ url: z.string() }), "POST", `${root}/session/openid`, { fresh });

export const stepUpOptions = () => send(ceremony, "POST", `${root}/session/step-up/options`);
export const stepUp = (proof: { readonly password: string } | { readonly passkey: object }) =>
  send(anything, "POST", `${root}/session/step-up`, proof);

export const passkeys = () => get(z.object({ passkeys: z.array(passkey) }), `${root}/passkeys`);
export const newPasskeyOptions = (purpose: Passkey["purpose"]) =>
  send(ceremony, "POST", `${root}/passkeys/options?purpose=${purpose}`);
export const addPasskey = (name: string, made: object) =>
  send(passkey, "POST", `${root}/passkeys`, { name, passkey: made });
export const renamePasskey = (id: string, name: string) =>
  send(anything, "PATCH", `${root}/passkeys/${id}`, { name });
export const removePasskey = (id: string) => send(anything, "DELETE", `${root}/passkeys/${id}`);

export const sessions = () => get(z.object({ sessions: z.array(ownSession) }), `${root}/sessions`);
export const endSession = (id: string) => send(anything, "DELETE", `${root}/sessions/${id}`);
export const endAllSessions = () => send(anything, "DELETE", `${root}/sessions`);
export const changePassword = (current: string, next: string) =>
  send(anything, "PUT", `${root}/session/password`, { current, next });
