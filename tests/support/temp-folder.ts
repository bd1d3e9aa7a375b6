import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new empty folder. The caller removes it, or says `await using folder = await temporaryFolder()`. */
export type TemporaryFolder = AsyncDisposable & {
  readonly path: string;
  readonly remove: () => Promise<void>;
};

export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), "loa-test-"));
  // A process that is just ending may still write: a few retries instead of ENOTEMPTY.
  const remove = () => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  return { path, remove, [Symbol.asyncDispose]: remove };
}

/** The path of a new empty folder that goes when the running test ends. Only inside a test, not in `beforeAll`. */
export async function testFolder(): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  return folder.path;
}
