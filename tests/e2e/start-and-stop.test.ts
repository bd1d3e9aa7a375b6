import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { freePort } from "../support/free-port.ts";
import { liveProvince, shownBoxes } from "../support/live-province.ts";
import { testFolder } from "../support/temp-folder.ts";

const anything = z.unknown();
const main = join(import.meta.dirname, "../../simulator/src/main.ts");
const CLOSE_LIMIT_MS = 5_000;

async function start(
  folder: string,
): Promise<{ readonly child: ChildProcess; readonly url: string; readonly output: () => string }> {
  const port = await freePort();
  const args = [
    "--data",
    folder,
    "--http-port",
    String(port),
    "--mqtt-port",
    String(await freePort()),
    "--boxes",
    "2",
  ];
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += String(chunk);
  });
  const url = `http://127.0.0.1:${port}`;
  await until(
    async () => (await statusOf(`${url}/healthz`)) === 200 && output.includes("after the start"),
    60_000,
  );
  return { child, url, output: () => output };
}

test("npm start comes up, says where, ends within 5 s of SIGTERM, leaves nobody, and comes up again", async () => {
  const folder = await testFolder();
  const first = await start(folder);
  const [, password] = /password {2}(\S+)/.exec(first.output()) ?? [];
  expect(first.output()).toContain(first.url);
  const family = descendantsOf(first.child.pid ?? 0);
  expect(family.length).toBeGreaterThan(0);
  const askedAt = performance.now();
  first.child.kill("SIGTERM");
  const [code] = await once(first.child, "exit");
  expect(performance.now() - askedAt).toBeLessThan(CLOSE_LIMIT_MS);
  expect(code).toBe(0);
  expect(family.filter(isAlive)).toEqual([]);

  const second = await start(folder);
  expect(second.output()).toContain(`password  ${password}`);
  expect(second.output()).toContain("2 of 2 boxes");
  second.child.kill("SIGINT");
  await once(second.child, "exit");
});

test("nothing is left when the province itself is killed", async () => {
  const { child } = await start(await testFolder());
  const family = descendantsOf(child.pid ?? 0);
  child.kill("SIGKILL");
  await until(async () => family.filter(isAlive).length === 0, CLOSE_LIMIT_MS);
});

test("the page shows the truth when plugs are pulled", async () => {
  const { province, operator } = await liveProvince({ boxes: 2, boxesPerProcess: 1 });
  const [box, other] = province.boxes;
  if (box === undefined || other === undefined) throw new Error("two boxes");
  await shownBoxes(operator, (boxes) => boxes.every((one) => one.readiness.state === "ready"), 20_000);

  // The box's process dies: its connection closes, so the will says so at once; then it is back by itself.
  process.kill(province.pidOf(box) ?? 0, "SIGKILL");
  await shownBoxes(
    operator,
    (boxes) => boxes.some((one) => one.boxId === box && one.presence.state === "offline"),
    5_000,
  );
  await shownBoxes(operator, (boxes) => boxes.every((one) => one.presence.state === "online"), 30_000);

  // The amplifier dies.
  await operator.do("POST", `/sim/boxes/${other}/fault`, anything, { fault: "dead" });
  const broken = await shownBoxes(
    operator,
    (boxes) => boxes.some((one) => one.faults.some((fault) => fault.kind === "amplifier-unreachable")),
    100_000,
  );
  expect(broken.find((one) => one.boxId === other)?.readiness.lacks).toContain("amplifier-unreachable");

  // The control room goes and comes: everybody is unknown until heard, then online, and nothing was lost.
  await province.restartControlRoom();
  await operator.signIn(province.user, province.password);
  await shownBoxes(operator, (boxes) => boxes.every((one) => one.presence.state === "online"), 60_000);
});

async function statusOf(url: string): Promise<number> {
  return (await fetch(url).catch(() => null))?.status ?? 0;
}

async function until(isSo: () => Promise<boolean>, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function descendantsOf(pid: number): readonly number[] {
  const rows = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const children = rows.filter(([, parent]) => parent === pid).map(([child = 0]) => child);
  return [...children, ...children.flatMap(descendantsOf)];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
