import { verifyInPool } from "@loa/shared/node/node-crypto.ts";
import type { SignatureChecks, SignedBy } from "../bus/signature-checks.ts";

interface Check {
  readonly signed: SignedBy;
  readonly done: (isGood: boolean) => void;
}

/**
 * One turn of the event loop brings up to 1,024 readable sockets (libuv, `uv__io_poll`) and hands over once what the
 * threads have finished, so with fewer they would idle. Files and names wait for the same threads: at most some 60 ms.
 */
const AT_ONCE = 1_024;

/** OpenSSL on the threads of libuv's pool, so that emergencies go out meanwhile. Who asks, bounds how many wait here. */
export function pooledSignatures(): SignatureChecks {
  const waiting = new Set<Check>();
  let underWay = 0;

  function begin({ signed, done }: Check): void {
    underWay += 1;
    verifyInPool(signed.key, signed, (isGood) => {
      underWay -= 1;
      const [next] = waiting;
      if (next !== undefined) {
        waiting.delete(next);
        begin(next);
      }
      done(isGood);
    });
  }

  return {
    check(signed, done) {
      if (underWay < AT_ONCE) begin({ signed, done });
      else waiting.add({ signed, done });
    },
  };
}
