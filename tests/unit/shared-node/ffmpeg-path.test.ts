import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FfmpegCandidate, findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { describe, expect, test } from "vitest";
import { testFolder } from "../../support/temp-folder.ts";

async function program(script: string): Promise<string> {
  const folder = join(await testFolder(), "bin");
  mkdirSync(folder);
  const path = join(folder, "ffmpeg");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const good = (version: string) => program(`echo "ffmpeg version ${version} Copyright"`);
const candidate = (name: string, path: string | null): FfmpegCandidate => ({
  name,
  warning: null,
  locate: () => path,
});

describe("finding ffmpeg", () => {
  test("FFMPEG_PATH wins, and never falls through to another", async () => {
    const named = await good("7.1");
    const other = [candidate("other", await good("5.1"))];
    expect(
      await findFfmpeg({ env: { FFMPEG_PATH: named }, from: import.meta.url, candidates: other }),
    ).toMatchObject({
      ok: true,
      value: { path: named, version: "ffmpeg version 7.1 Copyright", warning: null },
    });
    const missing = await findFfmpeg({
      env: { FFMPEG_PATH: "/nowhere" },
      from: import.meta.url,
      candidates: other,
    });
    expect(missing).toEqual({ ok: false, error: { tried: ["FFMPEG_PATH (/nowhere): ENOENT"] } });
  });

  test("a path with nothing there, a program that fails and one that is something else are passed over", async () => {
    const path = await good("6.0");
    const found = await findFfmpeg({
      env: {},
      from: import.meta.url,
      candidates: [
        candidate("not installed", null),
        candidate("nothing there", "/nonexistent/ffmpeg"),
        candidate("broken", await program("exit 3")),
        candidate("other", await program("echo avconv 12")),
        candidate("good", path),
      ],
    });
    expect(found).toMatchObject({ ok: true, value: { path } });
  });

  test("what was tried is said when there is none", async () => {
    const found = await findFfmpeg({
      env: {},
      from: import.meta.url,
      candidates: [candidate("a", null), candidate("b", "/nonexistent/ffmpeg")],
    });
    expect(found).toEqual({
      ok: false,
      error: { tried: ["a: not installed", "b (/nonexistent/ffmpeg): ENOENT"] },
    });
  });

  test("on PATH it is found with its whole path, and before the build of 2018", async () => {
    const path = await good("5.1.9");
    const found = await findFfmpeg({
      env: { PATH: `/nonexistent:${join(path, "..")}` },
      from: "file:///nowhere/main.ts",
    });
    expect(found).toMatchObject({ ok: true, value: { path, warning: null } });
  });
});
