import { readFileSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startOwn } from "../support/own-process.ts";
import { profileFolder } from "../support/profiles.ts";
import { testFolder } from "../support/temp-folder.ts";

test("an agent with overlapping registers says which, and neither enrols nor touches an amplifier", async () => {
  const folder = await testFolder();
  const good = readFileSync(join(profileFolder, "loa-reference-amplifier.yaml"), "utf8");
  const current = "capability: speakerLine.current\n    space: input\n    address: ";
  const profile = join(folder, "profile.yaml");
  await writeFile(profile, good.replace(`${current}3`, `${current}2`));
  const data = join(folder, "data");
  const agent = startOwn("edge-agent/src/main.ts", {
    // Nobody listens on port 9: the agent must not come so far as to notice.
    args: ["--data", data, "--profile", profile, "--amplifier", "tcp://127.0.0.1:9", "--sink", "none"],
  });
  expect(await agent.ended).not.toBe(0);
  expect(agent.output()).toMatch(/profile\.yaml:\d+: points\[\d+\]\.address: .*overlaps amplifier\.level/);
  expect(agent.output()).not.toContain("agent.started");
  expect(await readdir(data)).toEqual([]);
});

/** Its flags are the least that an agent needs, and `more`; it ends by itself. */
async function ended(more: readonly string[]) {
  const data = join(await testFolder(), "data");
  const profile = join(profileFolder, "loa-reference-amplifier.yaml");
  const agent = startOwn("edge-agent/src/main.ts", {
    args: [
      "--data",
      data,
      "--profile",
      profile,
      "--amplifier",
      "tcp://127.0.0.1:9",
      "--sink",
      "none",
      ...more,
    ],
  });
  expect(await agent.ended).toBe(2);
  expect(agent.output()).not.toMatch(/\n +at /);
  return agent.output();
}

test.for([
  [["--dta", "here"], "Unknown option '--dta'"],
  [["--budget-mb", "plenty"], "--budget-mb: megabytes, such as 2048"],
  [["--budget-mb", "0"], "--budget-mb: megabytes, such as 2048"],
  [["--budget-mb", "1e999"], "--budget-mb: megabytes, such as 2048"],
] as const)("an agent with %s says what is wrong with it, in words", async ([wrong, said]) => {
  expect(await ended(wrong)).toContain(said);
});

test.for(["1.5", "02048", "2e3"])(
  "a budget of %s megabytes is a number, and ends no agent",
  async (megabytes) => {
    expect(await ended(["--budget-mb", megabytes])).toContain("this box has no identity yet");
  },
);
