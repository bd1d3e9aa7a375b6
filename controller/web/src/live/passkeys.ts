import { browserSupportsWebAuthn, startAuthentication, startRegistration } from "@simplewebauthn/browser";

/** What a browser is asked and answers about passkeys; null where the person did not use one, or there is none. */

type MakeOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];
type UseOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];

export type UsedPasskey = Awaited<ReturnType<typeof startAuthentication>>;

/** Options come from our own controller as the browser wants them. */
export type CeremonyOptions = Readonly<Record<string, unknown>> & { readonly challenge: string };

/** Only on pages that came safely: by TLS, or from this very machine. */
export function canUsePasskeys(): boolean {
  return isSecureContext && browserSupportsWebAuthn();
}

export async function makePasskey(options: CeremonyOptions): Promise<object | null> {
  try {
    return await startRegistration({ optionsJSON: options as unknown as MakeOptions });
  } catch {
    return null;
  }
}

export async function askPasskey(options: CeremonyOptions): Promise<UsedPasskey | null> {
  try {
    return await startAuthentication({ optionsJSON: options as unknown as UseOptions });
  } catch {
    return null;
  }
}
