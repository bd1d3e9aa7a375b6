import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { profileFolder, profileIds } from "../support/profiles.ts";

// Editors know nothing but this file: it must accept what the check accepts, and refuse slips of the pen.
const text = readFileSync(join(profileFolder, "profile.schema.json"), "utf8");
const schema = z.fromJSONSchema(JSON.parse(text));
const yamlOf = (id: string) => readFileSync(join(profileFolder, `${id}.yaml`), "utf8");

it.each(profileIds)("the schema for editors accepts %s", (id) => {
  expect(schema.safeParse(parse(yamlOf(id))).success).toBe(true);
});

it.each([
  ["xy-md02", "poll: slow", "poll: never"],
  ["xy-md02", "warmUpMs", "warmupMs"],
  ["ecler-npa-tp-net", "lineEnd:", "lineend:"],
  ["raspberry-pi-gpio", "bias: pull-up", "bias: up"],
  ["monacor-pa-1250d", "first: 7", "first: 17"],
])("and refuses %s with `%s` written as `%s`", (id, from, to) => {
  const changed = yamlOf(id).replace(from, to);
  expect(changed).not.toBe(yamlOf(id));
  expect(schema.safeParse(parse(changed)).success).toBe(false);
});
