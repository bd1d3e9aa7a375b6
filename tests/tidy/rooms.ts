import { posix } from "node:path";
import type { SourceFile } from "./source-file.ts";

/** Who may import whom (architecture.md, "Rooms and doors"). Every room may also import itself. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  ".ci": [],
  shared: [],
  // Its files are data for everybody; its tools look at them with the box's own parser and lines.
  "hardware-profiles": ["shared", "edge-agent"],
  "edge-agent": ["shared"],
  controller: ["shared"],
  simulator: ["shared", "hardware-profiles", "edge-agent", "controller"],
  tests: ["shared", "hardware-profiles", "edge-agent", "controller", "simulator"],
};

/** Rooms whose package exports `./*` as it stands; the others export their `src`. */
const exportsItsRoot = new Set(["hardware-profiles", "tests"]);

/** What real processes of every room share: the clock, chance and log of Node. Exported beside `src`. */
const nodeFolder = "shared/node/";

/** Decisions only: no Node, no clock, no library but (in shared) the parser of what comes in. */
const pureFolders = ["shared/src/", "edge-agent/src/core/", "controller/src/domain/"];

export function roomOf(path: string): string {
  return path.split("/")[0] ?? path;
}

export function pureFolderOf(path: string): string | null {
  return pureFolders.find((folder) => path.startsWith(folder)) ?? null;
}

/** Where the real clock, chance and libraries are allowed to appear by name. */
export function isAtTheEdge(path: string): boolean {
  return path.startsWith(nodeFolder) || path.includes("/adapters/") || path.endsWith("/main.ts");
}

export type Target =
  | { readonly kind: "ours"; readonly path: string }
  | { readonly kind: "node"; readonly module: string }
  | { readonly kind: "library"; readonly name: string };

/** What an import specifier in this file names. */
export function targetOf(source: SourceFile, specifier: string): Target {
  if (specifier.startsWith(".")) {
    return { kind: "ours", path: posix.join(posix.dirname(source.path), specifier) };
  }
  if (specifier.startsWith("node:")) return { kind: "node", module: specifier };
  const [scope, name, ...rest] = specifier.split("/");
  if (scope === "@loa" && name !== undefined) {
    const inPackage = rest.join("/");
    const isAsItStands = exportsItsRoot.has(name) || `${name}/${inPackage}`.startsWith(nodeFolder);
    return { kind: "ours", path: `${name}/${isAsItStands ? "" : "src/"}${inPackage}` };
  }
  return { kind: "library", name: scope?.startsWith("@") ? `${scope}/${name}` : (scope ?? specifier) };
}
