import { chmod, mkdir, open, readFile, rename } from "node:fs/promises";
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
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = await open(`${path}.new`, "w", OWNER_ONLY);
  try {
    await draft.chmod(OWNER_ONLY);
    await draft.writeFile(text);
    await draft.sync();
  } finally {
    await draft.close();
  }
  await rename(`${path}.new`, path);
  const folder = await open(dirname(path));
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
