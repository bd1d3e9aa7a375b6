import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readRosterRoot, readWithoutClock } from "@loa/edge-agent/trust-flags.ts";
import { newKeyPair } from "@loa/shared/node/node-crypto.ts";
import { expect, test } from "vitest";
import { testFolder } from "../../support/temp-folder.ts";
import { machineKey, rootOf, rootPairs, rosterWith, signers, signRoster } from "../../support/trust-world.ts";

async function fileOf(text: string): Promise<string> {
  const path = join(await testFolder(), "root.json");
  await writeFile(path, text);
  return path;
}

test("the root of an image is read as JSON, and out of a signed roster", async () => {
  const root = rootOf(rootPairs);
  const signed = signRoster(rosterWith([machineKey(newKeyPair().publicKey)]), signers(2));
  for (const one of [root, signed]) expect(readRosterRoot(await fileOf(JSON.stringify(one)))).toEqual(root);
});

test("a file that names no root pins nothing, and the box does not start with it", async () => {
  for (const text of ["", "{}", "[]", '{"payload":"{}","signatures":[]}', '{"keys":[],"threshold":1}'])
    expect(readRosterRoot(await fileOf(text))).toBeNull();
  expect(readRosterRoot("/nonexistent/root.json")).toBeNull();
});

test("which way to fail without a clock is one of two words", () => {
  expect(["accept", "refuse", "maybe", ""].map(readWithoutClock)).toEqual(["accept", "refuse", null, null]);
});
