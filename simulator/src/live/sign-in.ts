import { readFile, writeFile } from "node:fs/promises";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { claimCodeFrom, spokenClaimCode } from "@loa/shared/wire/enrolment.ts";
import { z } from "zod";

const operator = z.object({ name: z.string(), password: z.string() });
const signInFile = z.object({ operators: z.tuple([operator, operator]) });
export type SignIn = z.infer<typeof signInFile>;

/** The demo's operators: made at the first start, kept beside its data, readable by its owner alone. */
export async function openSignIn(path: string): Promise<SignIn> {
  const known = await readFile(path, "utf8").catch(() => null);
  if (known !== null) return signInFile.parse(JSON.parse(known));
  const made: SignIn = {
    operators: [
      { name: "operator", password: newPassword() },
      { name: "approver", password: newPassword() },
    ],
  };
  await writeFile(path, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  return made;
}

/** 80 bit, in groups that can be read aloud. */
function newPassword(): string {
  return spokenClaimCode(claimCodeFrom(nodeRandom.bytes(10)).slice(0, 16)).toLowerCase();
}
