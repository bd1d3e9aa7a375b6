import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { newSoftwareKey } from "@loa/shared/node/software-authenticator.ts";
import { createOperator } from "@loa/simulator/operator.ts";
import { newApprover } from "@loa/simulator/trust/software-approver.ts";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { signingService } from "../support/signed-cap.ts";
import { SENDER } from "../support/standing-approvals.ts";
import { testFolder } from "../support/temp-folder.ts";

const main = join(import.meta.dirname, "../../controller/src/keys/main.ts");
const run = promisify(execFile);

/** What the command says; it throws where the command fails. */
async function keys(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const quiet = { LOA_KEYS_PASSPHRASE: "", NODE_NO_WARNINGS: "1" };
  const done = await run(process.execPath, [main, ...args], { env: { ...process.env, ...quiet, ...env } });
  return done.stdout;
}

const failing = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  keys(args, env).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );

const holders = ["giam-doc", "chu-tich", "cong-an"] as const;
const chief = { LOA_PASSWORD: ownOperator.password };

/** A controller, two persons with the role, and an operator at its console. */
async function openCeremony() {
  const folder = await testFolder();
  const room = await openOwnControlRoom(join(folder, "room"), null);
  onTestFinished(() => room.close());
  const url = `http://localhost:${room.httpPort}`;
  const operator = createOperator(url, (request) => fetch(request));
  await operator.signIn(ownOperator.name, ownOperator.password);
  const people = await Promise.all(
    ["lan", "minh"].map((name) =>
      newApprover(operator, { name, province: "tinh-thu", key: newSoftwareKey("localhost", url) }),
    ),
  );
  return { at: (name: string) => join(folder, name), url, operator, people };
}

type Ceremony = Awaited<ReturnType<typeof openCeremony>>;

async function signRoster({ at, url }: Ceremony): Promise<void> {
  const roots = holders.flatMap((name) => ["--root", at(`${name}.pub`)]);
  const asked = ["propose", "--url", url, "--user", ownOperator.name, ...roots, "--out", at("1.json")];
  expect(await keys(asked, chief)).toContain("of lan (");
  const signAs = (name: string, passphrase = `of ${name}`) => {
    const files = ["--key", at(name), "--in", at("1.json"), "--out", at("1.json")];
    return [["sign", ...files, "--yes"], { LOA_KEYS_PASSPHRASE: passphrase }] as const;
  };
  expect(await failing(...signAs("giam-doc", "guessed"))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("does not open the key"),
  });
  expect(await keys(...signAs("giam-doc"))).toContain("not enough yet");
  const bring = ["upload", "--url", url, "--user", ownOperator.name, "--in", at("1.json")];
  expect(await failing(bring, chief)).toMatchObject({
    stderr: expect.stringContaining("own-root-not-enough"),
  });
  expect(await keys(...signAs("cong-an"))).toContain("approves ACTUAL emergencies; in tinh-thu");
  const shown = await keys(["show", at("1.json")]);
  expect(shown).toContain("signed by giam-doc, cong-an; enough for its own root");
  expect(await keys(bring, chief)).toContain("Version 1 is in force");
}

async function approveEmergency(ceremony: Ceremony): Promise<readonly string[]> {
  const { operator } = ceremony;
  const answer = z.object({ draft: z.object({ id: z.string() }) });
  const { draft } = await operator.do("POST", "/api/v1/emergencies", answer, {
    areas: ["tinh-thu"],
    severity: "actual",
    headline: "Lũ về",
    message: null,
    confirm: "KHẨN CẤP",
  });
  const said = await approveByAll(ceremony);
  expect((await operator.ask("GET", `/api/v1/emergencies/${draft.id}`)).status).toBe(200);
  return said;
}

async function approveByAll({ at, url, people }: Ceremony): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { name, password } of people) {
    const own = ["approve", "--key", at(`${name}.key`), "--url", url, "--user", name, "--yes"];
    said.push(await keys(own, { LOA_PASSWORD: password }));
  }
  return said;
}

/** Of a sender whose certificate is known. */
async function approveStanding(ceremony: Ceremony): Promise<readonly string[]> {
  const { operator } = ceremony;
  const { certificate: pem } = await signingService("ec");
  await operator.ask("PUT", `/api/v1/cap-senders/${SENDER}`);
  await operator.ask("PUT", `/api/v1/cap-senders/${SENDER}/certificate`, { pem });
  const wish = {
    ...{ sender: SENDER, events: ["Lũ quét"], areas: ["tinh-thu"], severity: "actual" },
    ...{ headline: "Lũ quét: rời ven suối", message: null, correction: null, confirm: "KHẨN CẤP" },
  };
  const answer = await operator.ask("POST", "/api/v1/standing-approvals", wish);
  expect(answer.status).toBe(202);
  return await approveByAll(ceremony);
}

test("three holders, two approvers and a controller: the whole ceremony by the command", {
  timeout: 90_000,
}, async () => {
  const ceremony = await openCeremony();
  const { at, url, people } = ceremony;
  await Promise.all(
    holders.map((name) => keys(["root", name, "--out", at(name)], { LOA_KEYS_PASSPHRASE: `of ${name}` })),
  );
  expect((await stat(at("giam-doc"))).mode & 0o777).toBe(0o600);
  expect(await readFile(at("giam-doc"), "utf8")).not.toContain("privateKey");
  for (const { name, password } of people) {
    const own = ["approver", "--url", url, "--user", name, "--out", at(`${name}.key`)];
    expect(await keys(own, { LOA_PASSWORD: password })).toContain(`passkey of ${name}`);
  }
  await signRoster(ceremony);
  const [first, second] = await approveEmergency(ceremony);
  expect(first).toContain("ACTUAL EMERGENCY");
  expect(first).toContain("in tinh-thu\n");
  expect(first).toContain("Approved: 1 of 2.");
  expect(second).toContain("it went out");
  const [third, fourth] = await approveStanding(ceremony);
  expect(third).toContain("Lũ quét: rời ven suối");
  expect(third).toContain(`STANDING APPROVAL`);
  expect(third).toContain(`alerts of ${SENDER}`);
  expect(third).toContain("events: Lũ quét; at least Expected, Severe, Likely");
  expect(third).toContain("Approved: 1 of 2.");
  expect(fourth).toContain("it is in force");
});

test("a new root key never takes the place of a file that is there", async () => {
  const folder = await testFolder();
  const path = join(folder, "giam-doc");
  await writeFile(path, "the only copy");
  expect(await failing(["root", "giam-doc", "--out", path])).toMatchObject({ code: 1 });
  expect(await readFile(path, "utf8")).toBe("the only copy");
  expect(await failing(["sign"])).toMatchObject({ code: 2, stderr: expect.stringContaining("--key") });
});
