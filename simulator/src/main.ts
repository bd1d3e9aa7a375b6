import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadProfile } from "@loa/edge-agent/adapters/profile-file.ts";
import { isGpio } from "@loa/shared/device/profile.ts";
import { z } from "zod";
import { type Province, startProvince } from "./live/province.ts";
import { createStderrLog } from "./live/stderr-log.ts";
import { createOperator } from "./operator.ts";

const usage = `Usage: npm start -- [options]
  --http-port N   the page (default 8080, or the next free one)
  --mqtt-port N   the broker (default 1883, or the next free one)
  --data DIR      where the province lives on between starts (default .loa-data)
  --boxes N       how many boxes (default 12)
  --seed N        chance of the virtual amplifiers (default 1)
  --profile FILE  what all amplifiers are built and driven by (default hardware-profiles/loa-reference-amplifier.yaml)
  --quiet         no schedules of the demo
  --verbose       every line of the log`;

/** After SIGTERM everything is over within 5 s, whatever hangs. */
const CLOSE_LIMIT_MS = 4_700;
const PORTS_TRIED = 100;
const REFERENCE_AMPLIFIER = join(import.meta.dirname, "../../hardware-profiles/loa-reference-amplifier.yaml");
const MAX_BOXES = 500;
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
  const options = readOptions();
  if (options === null) {
    console.log(usage);
    return;
  }
  const { profilePath } = options;
  const profile = loadProfile(profilePath);
  if (!profile.ok) {
    console.error(`loa: this profile cannot be used:\n${profile.error.join("\n")}`);
    process.exitCode = 2;
    return;
  }
  if (isGpio(profile.value)) {
    console.error(`loa: ${profilePath}: pins of a chip are no amplifier: give a Modbus or text profile`);
    process.exitCode = 2;
    return;
  }
  const startedAt = performance.now();
  const logLevel = options.isVerbose ? "info" : "error";
  const starting = startProvince({
    dataFolder: resolve(options.data),
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
  const province = await starting;
  sayWhere(province, resolve(options.data));
  const ready = await countReady(province, startedAt).catch((error: unknown) => {
    // Whoever is stopped while it counts finds nobody to ask: that is no failure.
    if (ending.hasBegun()) return null;
    throw error;
  });
  if (ready === null) return;
  console.log(`${ready.line} (${((performance.now() - startedAt) / 1_000).toFixed(1)} s after the start)\n`);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      "http-port": { type: "string", default: "8080" },
      "mqtt-port": { type: "string", default: "1883" },
      data: { type: "string", default: ".loa-data" },
      boxes: { type: "string", default: "12" },
      seed: { type: "string", default: "1" },
      profile: { type: "string", default: REFERENCE_AMPLIFIER },
      quiet: { type: "boolean", default: false },
      verbose: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const port = z.coerce.number().int().min(0).max(65_535);
  const numbers = z.object({
    "http-port": port,
    "mqtt-port": port,
    boxes: z.coerce.number().int().min(1).max(MAX_BOXES),
    seed: z.coerce.number().int(),
  });
  const parsed = numbers.safeParse(values);
  if (values.help || !parsed.success) {
    if (!parsed.success) process.exitCode = 2;
    return null;
  }
  const { "http-port": httpPort, "mqtt-port": mqttPort, boxes, seed } = parsed.data;
  return {
    httpPort,
    mqttPort,
    boxes,
    seed,
    data: values.data,
    profilePath: resolve(values.profile),
    isQuiet: values.quiet,
    isVerbose: values.verbose,
  };
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
  second    ${province.second.name} ${province.second.password} (registers a passkey; POST /sim/sign-roster lets it approve)
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
