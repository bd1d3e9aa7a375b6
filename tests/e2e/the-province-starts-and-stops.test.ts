import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { kill } from "node:process";
import { expect, it, onTestFinished } from "vitest";
import { openDesk } from "../support/desk.ts";
import { eventuallySo } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { childrenOf, processesMarked, startOwn } from "../support/own-process.ts";
import { type ProvinceProcess, startProvinceProcess } from "../support/province-process.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";

/** Fewer boxes start faster; three are one of each commune. */
const few = ["--boxes", "3", "--quiet"];
/** It gives itself 5 s, whatever hangs; a machine that is busy may stand still before and after. */
const endsWithinMs = 15_000;
const goneLimitMs = 10_000;
/** Without a word of their broker boxes would be shown as offline after 45 s. */
const lastWillLimitMs = 20_000;
const backLimitMs = 30_000;

describeWithPart("ffmpeg", "the province of npm start", () => {
  it("is healthy at the ports that it was given, and answers nobody without a sign-in", async () => {
    const [httpPort, mqttPort] = [await freePort(), await freePort()];
    const { origin, process } = await start(await testFolder(), [
      ...few,
      "--http-port",
      `${httpPort}`,
      "--mqtt-port",
      `${mqttPort}`,
    ]);
    // By its name: passkeys know no addresses.
    expect(origin).toBe(`http://localhost:${httpPort}`);
    expect(process.output()).toContain(`mqtt://127.0.0.1:${mqttPort}`);
    const health = await fetch(`${origin}/healthz`);
    expect(health.status).toBe(200);
    expect(await health.json()).toMatchObject({ status: "ok" });
    expect((await fetch(`${origin}/api/v1/boxes`)).status).toBe(401);
  });

  it("takes the next free port when somebody sits on the one it was given", async () => {
    const taken = await Promise.all([sitOnPort(), sitOnPort()]);
    const ports = ["--http-port", `${taken[0]}`, "--mqtt-port", `${taken[1]}`];
    const { origin, desk } = await start(await testFolder(), [...few, ...ports]);
    expect(Number(new URL(origin).port)).toBeGreaterThan(taken[0]);
    expect(await desk.boxes()).toHaveLength(3);
  });

  it("starts with a single box too, schedules of the demo and all", async () => {
    const { desk } = await start(await testFolder(), ["--boxes", "1"]);
    expect(await desk.boxes()).toHaveLength(1);
  });

  it.each(["SIGTERM", "SIGINT"] as const)("ends soon after %s and leaves no process", async (signal) => {
    const mark = `LOA_TEST_MARK=${randomUUID()}`;
    const { process } = await start(await testFolder(), few, mark);
    expect(processesMarked(mark).length).toBeGreaterThan(1);
    expect(await process.stop(signal)).toBeLessThan(endsWithinMs);
    expect(await process.ended, process.output()).toBe(0);
    await eventuallySo("all its processes are gone", goneLimitMs, () => processesMarked(mark).length === 0);
  });

  it("leaves no process when it is stopped before it is up", async () => {
    const mark = `LOA_TEST_MARK=${randomUUID()}`;
    const folder = await testFolder();
    const args = ["--data", folder, "--http-port", "0", "--mqtt-port", "0", ...few];
    const started = startOwn("simulator/src/main.ts", { args, env: marked(mark) });
    onTestFinished(() => started.kill());
    await eventuallySo("it has begun", 20_000, () => existsSync(`${folder}/sign-in.json`));
    expect(await started.stop()).toBeLessThan(endsWithinMs);
    await eventuallySo("all its processes are gone", goneLimitMs, () => processesMarked(mark).length === 0);
  });

  it("leaves no process when it is killed without a word", async () => {
    const mark = `LOA_TEST_MARK=${randomUUID()}`;
    const { process } = await start(await testFolder(), few, mark);
    await process.kill();
    await eventuallySo("its boxes are gone, too", endsWithinMs, () => processesMarked(mark).length === 0);
  });

  it("shows boxes whose process was killed as offline, and starts them again by itself", async () => {
    const { desk, process } = await start(await testFolder(), few);
    const areAll = (state: string) => async () =>
      (await desk.boxes()).every(({ presence }) => presence.state === state);
    await eventuallySo("all are online", backLimitMs, areAll("online"));
    const [host] = childrenOf(process.pid);
    if (host === undefined) throw new Error("no process of boxes");
    kill(host, "SIGKILL");
    await eventuallySo("all are offline, by their last will", lastWillLimitMs, areAll("offline"));
    await eventuallySo("all are online again", backLimitMs, areAll("online"));
  });

  it("knows its boxes and its operator again at the next start", async () => {
    const folder = await testFolder();
    const first = await start(folder, few);
    const before = (await first.desk.boxes()).map(({ boxId }) => boxId).sort();
    await first.process.stop();
    const second = await start(folder, few);
    expect(second.password).toBe(first.password);
    const desk = await openDesk(second.origin, first.user, first.password);
    expect((await desk.boxes()).map(({ boxId }) => boxId).sort()).toEqual(before);
    await eventuallySo("all of them are online again", backLimitMs, async () =>
      (await desk.boxes()).every(({ presence }) => presence.state === "online"),
    );
  });
});

async function start(folder: string, args: readonly string[], mark = ""): Promise<ProvinceProcess> {
  const started = await startProvinceProcess(folder, args, marked(mark));
  onTestFinished(async () => {
    await started.process.stop();
  });
  return started;
}

function marked(mark: string): Readonly<Record<string, string>> {
  const [name, value] = mark.split("=");
  return name === undefined || value === undefined ? {} : { [name]: value };
}

/** Listens until the test ends; answers which port. */
async function sitOnPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}
