import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Each of them is as large as the whole engine: the schemas alone are 16 MB of its 80. */
test("the sound process loads neither the schemas nor the calendar", () => {
  const code = `
    import { registerHooks } from "node:module";
    const loaded = [];
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        loaded.push(found.url);
        return found;
      },
    });
    await import("@loa/edge-agent/sound/process/engine-host.ts");
    await import("@loa/edge-agent/sound/process/engine-child.ts");
    const large = loaded.filter((url) => /node_modules\\/(zod|temporal-polyfill|luxon|mqtt|undici)\\//.test(url));
    console.log(JSON.stringify({ isAll: loaded.some((url) => url.endsWith("/open-relay.ts")), large }));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: join(import.meta.dirname, "../.."),
    encoding: "utf8",
  });
  expect(JSON.parse(out)).toEqual({ isAll: true, large: [] });
});
