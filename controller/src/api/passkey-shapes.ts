import { z } from "@hono/zod-openapi";
import { instant } from "@loa/shared/kernel/time.ts";
import { passkeyAlgorithms, passkeyPurposes } from "../store/passkeys.ts";

/** What browsers send of passkeys (W3C Web Authentication Level 3, 5.1), in base64url. */

const encoded = (maxLength: number) =>
  z
    .string()
    .max(maxLength)
    .regex(/^[A-Za-z0-9_-]+$/, "base64url");

/** WebAuthn allows 1023 bytes. */
export const credentialId = encoded(1_364);
/** With its challenge some 300 bytes. */
const clientData = encoded(2_048);
const name = z.string().trim().min(1).max(64);

export const registrationAnswer = z.object({
  name,
  passkey: z
    .object({
      id: credentialId,
      rawId: credentialId,
      type: z.literal("public-key"),
      response: z.object({
        clientDataJSON: clientData,
        attestationObject: encoded(16_384),
        transports: z
          .array(z.string().regex(/^[a-z-]{1,32}$/))
          .max(8)
          .optional(),
      }),
    })
    .transform((answer) => ({ ...answer, clientExtensionResults: {} })),
});

export const assertion = z
  .object({
    id: credentialId,
    rawId: credentialId,
    type: z.literal("public-key"),
    response: z.object({
      clientDataJSON: clientData,
      authenticatorData: encoded(2_048),
      signature: encoded(2_048),
      userHandle: encoded(128).nullish(),
    }),
  })
  .transform(({ response: { userHandle, ...response }, ...answer }) => ({
    ...answer,
    clientExtensionResults: {},
    response: userHandle === undefined || userHandle === null ? response : { ...response, userHandle },
  }));

/** For the browser, as WebAuthn has them. */
export const ceremonyOptions = z.looseObject({ challenge: z.string() }).openapi("CeremonyOptions");

export const passkeyShape = z
  .object({
    id: z.string(),
    name: z.string(),
    algorithm: z.enum(passkeyAlgorithms),
    purpose: z.enum(passkeyPurposes),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
    /** When its count of signatures did not rise: somebody has a copy, and it is to be removed. */
    copiedAt: instant.nullable(),
  })
  .openapi("Passkey");

export const passkeyName = z.object({ name });
