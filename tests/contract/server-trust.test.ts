import { once } from "node:events";
import { createServer } from "node:https";
import { postJson } from "@loa/edge-agent/adapters/post-json.ts";
import type { DoorKeys, KnownTime } from "@loa/edge-agent/tls-identity.ts";
import { asInstant, DAY_MS, plus } from "@loa/shared/kernel/time.ts";
import { describe, expect, onTestFinished, test } from "vitest";
import { openTestAuthority, requestFor } from "../support/certificate-requests.ts";

/** The day of the tests is the machine's; what the box believes to be the time is told by each test. */
const today = asInstant(Date.now());
const farOff: KnownTime = { at: plus(today, -20_000 * DAY_MS), isKnown: false };

async function serverOf(shown: { readonly key: string; readonly cert: string }) {
  const server = createServer(shown, (request, response) => {
    asked.push(request.url ?? "");
    response.end("{}");
  });
  const asked: string[] = [];
  server.listen(0, "0.0.0.0");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return { url: `https://127.0.0.1:${port}/`, asked };
}

async function world() {
  const authority = await openTestAuthority();
  return { authority, ...(await serverOf(authority.doors())) };
}

const believing = (ca: string, time: KnownTime): DoorKeys => ({ ca: [ca], own: null, time });

describe("a box whose machine does not know the time", () => {
  test("still believes its control room, though the certificate begins after the earliest day it can be", async () => {
    const { authority, url } = await world();
    expect(await postJson(url, {}, believing(authority.root, farOff))).toMatchObject({ status: 200 });
  });

  test("believes a certificate by its own time where the clock of the machine is wrong", async () => {
    const { authority, url } = await world();
    const soon: KnownTime = { at: plus(today, 10 * DAY_MS), isKnown: true };
    expect(await postJson(url, {}, believing(authority.root, soon))).toMatchObject({ status: 200 });
  });

  test.each<[string, KnownTime]>([
    ["is over by its own time", { at: plus(today, 100 * DAY_MS), isKnown: true }],
    ["is not yet valid by its own time", { at: plus(today, -30 * DAY_MS), isKnown: true }],
  ])("says nothing to a server whose certificate %s", async (_, time) => {
    const { authority, url, asked } = await world();
    expect(await postJson(url, {}, believing(authority.root, time))).toBeNull();
    expect(asked).toEqual([]);
  });

  test.each<[string, KnownTime]>([
    ["nobody has told the time", farOff],
    ["the time is known and the machine's clock is wrong", { at: plus(today, 10 * DAY_MS), isKnown: true }],
    ["all clocks are right", { at: today, isKnown: true }],
  ])("when %s: says nothing to a stranger, to another name, or to another box", async (_, time) => {
    const { authority, url, asked } = await world();
    const stranger = await openTestAuthority();
    expect(await postJson(url, {}, believing(stranger.root, time))).toBeNull();
    const otherName = url.replace("127.0.0.1", "127.0.0.2");
    expect(await postJson(otherName, {}, believing(authority.root, time))).toBeNull();
    const { csr, privateKey } = await requestFor({ name: "box-1" });
    const { pem } = await authority.issue("box-1" as never, csr, today);
    const box = await serverOf({ key: privateKey, cert: pem });
    expect(await postJson(box.url, {}, believing(authority.root, time))).toBeNull();
    expect([...asked, ...box.asked]).toEqual([]);
  });
});
