import { readSecret, writeSecret } from "@loa/controller/adapters/secret-file.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import {
  type DemoTrust,
  makeTrust,
  reopenTrust,
  type TrustSurroundings,
  trustState,
} from "../trust/demo-trust.ts";

/** The other persons of the demo, as the last start knew them or new ones. Their keys lie beside the controller, not in it. */
export async function openTrustFile(path: string, around: TrustSurroundings): Promise<DemoTrust> {
  const known = await readSecret(path);
  const trust =
    known === null
      ? await makeTrust(around, newKeyPair)
      : await reopenTrust(around, trustState.parse(JSON.parse(known)));
  await writeSecret(path, `${JSON.stringify(trust.state, null, 2)}\n`);
  return trust;
}
