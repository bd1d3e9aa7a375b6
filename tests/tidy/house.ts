import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { ExampleHouse, House, Manifest } from "./rule.ts";
import { parseSource } from "./source-file.ts";

/** What is not ours (installed, built, recorded) or not text of the house. */
const notOurs = new Set(["node_modules", ".git", "dist", "coverage", ".loa-data", ".installing"]);

const names = z.record(z.string(), z.string()).default({}).transform(Object.keys);
const manifestShape = z.object({
  dependencies: names,
  optionalDependencies: names,
  devDependencies: names,
});

/** The checkout as it lies on the disk. */
export function readHouse(root: string): House {
  const paths = pathsBelow(root, "");
  const isTop = (path: string) => !path.includes("/");
  const topLevel = readdirSync(root).filter((name) => !notOurs.has(name));
  const wanted = paths.filter((path) => isSource(path) || (isManifest(path) && !isTop(path)));
  const texts = wanted.map((path) => [path, readFileSync(join(root, path), "utf8")]);
  return { ...houseOf(Object.fromEntries(texts)), paths, topLevel };
}

/** A house that exists only in memory. */
export function houseOf(files: ExampleHouse): House {
  const entries = Object.entries(files);
  return {
    sources: entries.filter(([path]) => isSource(path)).map(([path, text]) => parseSource(path, text)),
    paths: Object.keys(files),
    topLevel: [...new Set(Object.keys(files).map((path) => path.split("/")[0] ?? path))],
    manifests: new Map(
      entries
        .filter(([path]) => isManifest(path))
        .map(([path, text]) => [path.replace("/package.json", ""), parseManifest(text)]),
    ),
  };
}

function parseManifest(text: string): Manifest {
  const { dependencies, optionalDependencies, devDependencies } = manifestShape.parse(JSON.parse(text));
  return { dependencies: [...dependencies, ...optionalDependencies], devDependencies };
}

function isSource(path: string): boolean {
  return /\.(ts|tsx|mjs|js)$/.test(path);
}

function isManifest(path: string): boolean {
  return path.endsWith("package.json");
}

function pathsBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      return entry.isDirectory() ? pathsBelow(root, path) : [path];
    });
}
