import { roomOf, targetOf } from "../rooms.ts";
import type { House, Rule, Violation } from "../rule.ts";

/** Libraries that are a language rather than a thing outside: where they may be spoken. Elsewhere they may not appear. */
const spokenIn: Readonly<Record<string, readonly string[]>> = {
  zod: ["shared/", "edge-agent/", "controller/", "simulator/"],
  hono: ["controller/src/", "edge-agent/src/setup/", "simulator/src/"],
  "@hono/zod-openapi": ["controller/src/api/"],
  // Its dialect is the port to the database engines.
  kysely: ["controller/src/store/", "controller/src/ports.ts", "simulator/src/virtual/virtual-database.ts"],
  preact: ["controller/web/"],
  "@preact/signals": ["controller/web/"],
  "@awesome.me/webawesome": ["controller/web/"],
  // The way to C: each C library behind it has one adapter.
  koffi: [
    "edge-agent/src/adapters/linux-host.ts",
    "edge-agent/src/adapters/gpio-chip.ts",
    "edge-agent/src/sound/process/real-time.ts",
    "edge-agent/src/sound/alsa/pcm-calls.ts",
  ],
};

/** Tests may ask a library directly: it is their witness. */
const freeRooms = new Set(["tests", ".ci"]);

export const oneAdapterPerLibrary: Rule = {
  name: "an outside library is known to one file of a room, or to the folders that speak it",
  check: (house) => [...usesOutOfPlace(house), ...secondAdapters(house)],
  breaks: [
    { "edge-agent/src/a.ts": 'import "mqtt";', "edge-agent/src/b.ts": 'import type { C } from "mqtt";' },
    { "controller/src/bus/a.ts": 'import { sql } from "kysely";' },
    {
      "controller/web/src/a.ts": 'import "ws/lib/x.js"; import "preact";',
      "controller/src/b.ts": 'import "ws";',
    },
  ],
  allows: [
    { "edge-agent/src/a.ts": 'import "mqtt";', "controller/src/b.ts": 'import "mqtt";' },
    {
      "controller/src/store/a.ts": 'import "kysely";',
      "controller/src/store/b.ts": 'import "kysely/migration";',
    },
    { "tests/unit/a.test.ts": 'import "mqtt";', "tests/unit/b.test.ts": 'import "mqtt";' },
  ],
};

type Use = { readonly library: string; readonly path: string; readonly line: number };

function usesOf({ sources }: House): readonly Use[] {
  return sources
    .filter((source) => !freeRooms.has(roomOf(source.path)))
    .flatMap((source) =>
      source.imports.flatMap(({ specifier, line }) => {
        const target = targetOf(source, specifier);
        return target.kind === "library" ? [{ library: target.name, path: source.path, line }] : [];
      }),
    );
}

function usesOutOfPlace(house: House): readonly Violation[] {
  return usesOf(house)
    .filter(({ library, path }) => spokenIn[library]?.some((folder) => path.startsWith(folder)) === false)
    .map(({ library, path, line }) => ({
      path,
      line,
      problem: `${library} is spoken only in ${spokenIn[library]?.join(", ")}`,
    }));
}

function secondAdapters(house: House): readonly Violation[] {
  const adapters = new Map<string, string>();
  return usesOf(house).flatMap(({ library, path, line }) => {
    if (spokenIn[library] !== undefined) return [];
    const key = `${roomOf(path)} ${library}`;
    const first = adapters.get(key) ?? path;
    adapters.set(key, first);
    return first === path ? [] : [{ path, line, problem: `${library} is wrapped by ${first}: use that` }];
  });
}
