import { open } from "node:fs/promises";
import type { AuditKeeper } from "../ports.ts";

const OWNER_AND_GROUP = 0o640;

/**
 * Signed heads of the audit, one a line, at the end of a file: on a disk that the controller's own account can only
 * append to, or that is copied away. Durable when `keep` answers.
 */
export function auditHeadFile(path: string): AuditKeeper {
  return {
    async keep(head) {
      const file = await open(path, "a", OWNER_AND_GROUP);
      try {
        await file.appendFile(`${head}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
    },
  };
}
