import { chmod, link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Nobody but the account that runs us reads it. */
const OWNER_ONLY = 0o600;

/** Null when it is not there. Whoever could read it before cannot any more. */
export async function readSecret(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, "utf8");
    await chmod(path, OWNER_ONLY);
    return text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Whole or not at all under its name, and there after a power cut. */
export async function writeSecret(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** The same, and never in the place of another one: rejects where one is. */
export async function writeFirstSecret(path: string, text: string): Promise<void> {
  const draft = await writeDraft(path, text);
  await link(draft, path);
  await rm(draft);
  await syncFolder(dirname(path));
}

async function writeDraft(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.new`;
  // What a power cut left there may be the secret itself, by its second name.
  await rm(draft, { force: true });
  const file = await open(draft, "wx", OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
