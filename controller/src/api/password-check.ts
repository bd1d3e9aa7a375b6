import type { KnownUser } from "../store/users.ts";
import { userByName } from "../store/users.ts";
import type { ApiDeps } from "./api-deps.ts";
import { HttpProblem } from "./http-problem.ts";
import { newSecret } from "./new-id.ts";
import { refuseWhileWaiting } from "./waiting.ts";

/**
 * The wait grows for the pair of account and address, so that a stranger who guesses does not lock the officer out;
 * and for the address alone, so that guessing over many names is slow too.
 */
export async function checkPassword(
  deps: ApiDeps,
  name: string,
  password: string,
  address: string,
): Promise<KnownUser> {
  const pair = [`${address} ${name}`];
  await refuseWhileWaiting(deps.limits, "sign-in", pair);
  await refuseWhileWaiting(deps.limits, "sign-in-address", [address]);
  const person = await userByName(deps.db, name);
  // A name that nobody has costs as much time as a wrong password, so it cannot be told apart.
  const hash = person?.passwordHash ?? (await nobodysHash(deps));
  const isRight = await deps.passwords.verify(hash, password);
  if (person === null || !isRight) {
    await deps.limits.failed("sign-in", pair);
    await deps.limits.failed("sign-in-address", [address]);
    deps.log.warn("session.refused", { user: name, address });
    throw new HttpProblem("wrong-password");
  }
  await deps.limits.succeeded("sign-in", pair);
  return person;
}

const hashes = new WeakMap<ApiDeps, Promise<string>>();

function nobodysHash(deps: ApiDeps): Promise<string> {
  const known = hashes.get(deps) ?? deps.passwords.hash(newSecret(deps.random));
  hashes.set(deps, known);
  return known;
}
