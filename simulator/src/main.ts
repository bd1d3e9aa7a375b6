import { createServer } from "node:net";
import { CannotOpen } from "@loa/controller/control-room.ts";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { isGpio } from "@loa/shared/device/profile.ts";
import { z } from "zod";
import { type Province, startProvince } from "./live/province.ts";
import { createStderrLog } from "./live/stderr-log.ts";
import { createOperator } from "./operator.ts";
import { readStartOptions, usage } from "./start-options.ts";

/** After SIGTERM everything is over within 5 s, whatever hangs. */
const CLOSE_LIMIT_MS = 4_700;
const PORTS_TRIED = 100;
const BOXES_PER_PROCESS = 6;
const READY_POLL_MS = 500;
const READY_LIMIT_MS = 60_000;

const boxesAnswer = z.object({
  boxes: z.array(
    z.object({ presence: z.object({ state: z.string() }), readiness: z.object({ state: z.string() }) }),
  ),
});

await main();

async function main(): Promise<void> {
  const read = readStartOptions(process.argv.slice(2));
  if (!read.ok) return refuse(`${read.error}\n\n${usage}`);
  const options = read.value;
  if (options === null) return console.log(usage);
  const { profilePath, dataFolder } = options;
  const profile = loadProfile(profilePath);
  if (!profile.ok) return refuse(`this profile cannot be used:\n${profile.error.join("\n")}`);
  if (isGpio(profile.value))
    return refuse(`${profilePath}: pins of a chip are no amplifier: give a Modbus or text profile`);
  const startedAt = performance.now();
  const logLevel = options.isVerbose ? "info" : "error";
  const starting = startProvince({
    dataFolder,
    httpPort: await freePortFrom(options.httpPort),
    mqttPort: await freePortFrom(options.mqttPort),
    boxes: options.boxes,
    seed: options.seed,
    profilePath,
    hasTroubles: true,
    hasDemo: !options.isQuiet,
    boxesPerProcess: BOXES_PER_PROCESS,
    builds: "web",
    log: createStderrLog("province", logLevel),
    logLevel,
  });
  const ending = endWith(starting);
  const province = await starting.catch((error: unknown) => {
    if (!(error instanceof CannotOpen)) throw error;
    refuse(error.message);
    return null;
  });
  if (province === null) return;
  sayWhere(province, dataFolder);
  const ready = await countReady(province, startedAt).catch((error: unknown) => {
    // Whoever is stopped while it counts finds nobody to ask: that is no failure.
    if (ending.hasBegun()) return null;
    throw error;
  });
  if (ready === null) return;
  console.log(`${ready.line} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s after the start)\n`);
}

function refuse(why: string): void {
  console.error(`loa: ${why}`);
  process.exitCode = 2;
}

/** One signal ends the province, whether it is up or still on its way. */
function endWith(starting: Promise<Province>): { hasBegun(): boolean } {
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
    void starting
      .then((province) => province.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          console.error("loa: the province did not end cleanly:", error);
          process.exit(1);
        },
      );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  return { hasBegun: () => isEnding };
}

/** The port itself, or the next one that nobody listens on. */
async function freePortFrom(port: number): Promise<number> {
  for (let tried = port; port !== 0 && tried < port + PORTS_TRIED; tried += 1)
    if (await isFree(tried)) return tried;
  return 0;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once("error", () => answer(false));
    server.listen(port, "127.0.0.1", () => server.close(() => answer(true)));
  });
}

function sayWhere(province: Province, data: string): void {
  console.log(`
Loa: the province is up.

  page      ${province.pageUrl}
  sign in   ${province.user}
  password  ${province.password}
  broker    ${province.mqttUrl}
  second    ${province.second.name} ${province.second.password} (its own passkey may approve once the page «Bảo mật» has let the demo's root sign it)
  approve   ${province.approvers.join(" and ")} are played by the demo: the page lets them approve
  data      ${data} (the sign-in is kept in sign-in.json)

Ctrl-C ends everything.
`);
}

/** Waits until as many boxes are ready as can be: three of the demo have something wrong. */
async function countReady(province: Province, startedAt: number): Promise<{ readonly line: string }> {
  const operator = createOperator(province.url, (request) => fetch(request));
  await operator.signIn(province.user, province.password);
  for (;;) {
    const { boxes } = await operator.do("GET", "/api/v1/boxes", boxesAnswer);
    const ready = boxes.filter((box) => box.readiness.state === "ready").length;
    const known = boxes.filter(
      (box) => box.presence.state === "online" && box.readiness.state !== "unknown",
    ).length;
    const line = `${known} of ${province.boxes.length} boxes are connected and checked, ${ready} ready for their next session`;
    if (known >= province.boxes.length || performance.now() - startedAt > READY_LIMIT_MS) return { line };
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
}
