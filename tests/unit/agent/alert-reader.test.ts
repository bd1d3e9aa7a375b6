import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { createAlertReader } from "@loa/edge-agent/adapters/alert-reader.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { expect, test } from "vitest";
import { signingService } from "../../support/signed-cap.ts";
import { alertAt, packed, SENDER, standingOf } from "../../support/standing-approvals.ts";

const now = asInstant(Date.UTC(2026, 10, 23, 1));

test("the box reads what the sender has signed", async () => {
  const service = await signingService("rsa");
  const read = createAlertReader().read(packed(alertAt(now), service), standingOf(service, now).keys);
  expect(read).toMatchObject({ ok: true, value: { sender: SENDER, isSignatureGood: true } });
});

test("nothing that reads XML is loaded before an alert comes", () => {
  const code = `
    import { createRequire } from "node:module";
    const { createAlertReader } = await import("@loa/edge-agent/adapters/alert-reader.ts");
    await import("@loa/edge-agent/agent.ts");
    const reader = createAlertReader();
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => /xml/.test(path));
    const before = loaded();
    const answer = reader.read("AAAA", []);
    console.log(JSON.stringify({ before, answer, after: loaded() }));`;
  const out = execFileSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: join(import.meta.dirname, "../.."),
    encoding: "utf8",
  });
  expect(JSON.parse(out)).toEqual({
    before: false,
    answer: { ok: false, error: "alert-unreadable" },
    after: true,
  });
});
