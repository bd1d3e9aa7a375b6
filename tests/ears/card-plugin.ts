import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { systemPart } from "../support/system-part.ts";

const run = promisify(execFile);

const sourceFolder = join(import.meta.dirname, "virtual-card");
const cacheFolder = join(import.meta.dirname, "../../node_modules/.cache/loa-virtual-card");
const sources = ["loa-card.c", "card-files.c", "card-files.h"];
const compilerArgs = ["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-DPIC"];

/** What the card needs from the system; null after one line that says what is missing. */
export function cardParts(): { readonly gccPath: string } | null {
  const gcc = systemPart("gcc");
  const headers = systemPart("libasound2-dev");
  return gcc === null || headers === null ? null : { gccPath: gcc.path };
}

/**
 * The path of the compiled plugin. Compiled once per content of its sources; test files that come at the same time
 * may compile it twice, but each finds a whole file under the name.
 */
export async function cardPlugin(): Promise<string> {
  const parts = cardParts();
  if (parts === null) throw new Error("the virtual card needs gcc and libasound2-dev");
  const hash = createHash("sha256").update(compilerArgs.join(" "));
  for (const name of sources) hash.update(await readFile(join(sourceFolder, name)));
  const name = `loa-card-${process.arch}-${hash.digest("hex").slice(0, 16)}.so`;
  const path = join(cacheFolder, name);
  if (existsSync(path)) return path;
  await mkdir(cacheFolder, { recursive: true });
  const unfinished = `${path}.${process.pid}.${performance.now()}`;
  const files = sources.filter((file) => file.endsWith(".c")).map((file) => join(sourceFolder, file));
  await run(parts.gccPath, [...compilerArgs, "-o", unfinished, ...files, "-lasound", "-lpthread"]);
  await rename(unfinished, path);
  return path;
}
