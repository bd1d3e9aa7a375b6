import { hash, verify } from "@node-rs/argon2";
import type { Passwords } from "../ports.ts";

/** OWASP's second choice for argon2id: 19 MiB, two passes, one lane; about 20 ms on the project's machine. */
const options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** argon2id is the library's own default algorithm. Hashes are PHC strings, which carry their own parameters. */
export function argon2Passwords(): Passwords {
  return {
    hash: (password) => hash(password, options),
    async verify(phc, password) {
      try {
        return await verify(phc, password);
      } catch {
        // Not a PHC string: nobody's password.
        return false;
      }
    },
  };
}
