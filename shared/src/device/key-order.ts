import { z } from "zod";
import type { ProfileComplaint } from "./profile-complaint.ts";

/**
 * Whether the keys of a file stand in the order of its schema, which is the order of the README. `document` must still
 * have the file's own order: the plain object that the YAML parser made, not what the schema made of it.
 */
export function checkKeyOrder(schema: z.ZodType, document: unknown): readonly ProfileComplaint[] {
  return checkNode(z.toJSONSchema(schema, { io: "input" }), document, []);
}

type Schema = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

function checkNode(schema: Schema, node: unknown, path: Path): readonly ProfileComplaint[] {
  if (Array.isArray(node)) {
    const items = schema.items;
    return isSchema(items) ? node.flatMap((each, index) => checkNode(items, each, [...path, index])) : [];
  }
  if (typeof node !== "object" || node === null) return [];
  const keys = Object.keys(node);
  const properties = propertiesFor(schema, keys);
  if (properties === null) return [];
  const order = Object.keys(properties);
  const wrong = keys.findIndex((key, index) => order.indexOf(key) < order.indexOf(keys[index - 1] ?? ""));
  const here =
    wrong < 1
      ? []
      : [
          {
            path: [...path, keys[wrong] ?? ""],
            message: `\`${keys[wrong]}\` stands before \`${keys[wrong - 1]}\` in every file: move it up`,
          },
        ];
  const below = Object.entries(node).flatMap(([key, each]) => {
    const property = properties[key];
    return isSchema(property) ? checkNode(property, each, [...path, key]) : [];
  });
  return [...here, ...below];
}

/** Of alternatives, the one that knows all these keys. */
function propertiesFor(schema: Schema, keys: readonly string[]): Schema | null {
  const alternatives = [schema, ...listOf(schema.anyOf), ...listOf(schema.oneOf)];
  for (const { properties } of alternatives)
    if (isSchema(properties) && keys.every((key) => key in properties)) return properties;
  return null;
}

function listOf(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
