import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { canonicalProfile, profileJsonSchema } from "@loa/shared/device/canonical-profile.ts";
import type { Profile } from "@loa/shared/device/profile.ts";
import type { Trust } from "@loa/shared/device/profile-parts.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";

const schemaName = "profile.schema.json";

export interface Findings {
  readonly lines: readonly string[];
  readonly isOk: boolean;
}

/** One line for each good file, its complaints for each bad one. */
export function checkFolder(folder: string, isWriting: boolean): Findings {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .sort();
  const checked = files.map((name) => ({ name, loaded: loadProfile(join(folder, name)) }));
  const lines = checked.flatMap(({ name, loaded }) =>
    loaded.ok ? [summary(name, loaded.value)] : loaded.error,
  );
  const schema = checkSchema(join(folder, schemaName), isWriting);
  return {
    lines: [...lines, ...schema],
    isOk: schema.length === 0 && checked.every(({ loaded }) => loaded.ok),
  };
}

/** The SHA-256 is that of the canonical form, which is what boxes get. */
function summary(name: string, profile: Profile): string {
  const sha256 = nodeCrypto.sha256Hex(canonicalProfile(profile));
  const { points, golden } = profile;
  const state = profile.draft ? "draft" : strongest(profile.sources.map((source) => source.trust));
  return `ok ${name} v${profile.version} ${profile.transport.kind} ${points.length} points ${golden.length} golden ${state} sha256:${sha256}`;
}

const trustOrder: readonly Trust[] = ["derived", "manual", "bench", "field"];

function strongest(trusts: readonly Trust[]): Trust {
  return trustOrder.findLast((each) => trusts.includes(each)) ?? "derived";
}

function checkSchema(path: string, isWriting: boolean): readonly string[] {
  const wanted = profileJsonSchema();
  if (isWriting) writeFileSync(path, wanted);
  let found = "";
  try {
    found = readFileSync(path, "utf8");
  } catch {
    // Missing is as good as old.
  }
  return found === wanted
    ? []
    : [`${schemaName}:1: older than the language: run \`npm run profiles -- check --write\``];
}
