import { mkdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { lineAddress, ONLY_DEVICE } from "@loa/shared/device/site-binding.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { createPinoLog } from "@loa/shared/node/pino-log.ts";
import { claimCode } from "@loa/shared/wire/enrolment.ts";
import { pino } from "pino";
import { linkOfLine } from "./adapters/cabinet-lines.ts";
import { openGpio } from "./adapters/gpio-chip.ts";
import { enrol, readIdentity } from "./adapters/identity-store.ts";
import { loadProfile } from "./adapters/profile-file.ts";
import { areCertificates } from "./adapters/server-trust.ts";
import { loadSite, type Site } from "./adapters/site-file.ts";
import { type BoxOptions, BUILT_AT, openBox } from "./box.ts";
import type { Identity } from "./identity.ts";
import { createKeyRing } from "./key-ring.ts";
import type { OpenedSound, SoundNeeds } from "./sound/create-sound.ts";
import { engineStarter } from "./sound/process/engine-child.ts";
import type { EngineSetup } from "./sound/process/messages.ts";
import { readChannels, readInputs, readSink } from "./sound/process/sound-flags.ts";
import { createSupervisedSound } from "./sound/process/supervisor.ts";
import { readRosterRoot, readWithoutClock } from "./trust-flags.ts";

const usage = `Usage: node edge-agent/src/main.ts --data DIR (--devices FILE | --profile FILE --amplifier LINK) [options]
  --devices FILE     devices.yaml: what hangs where in this cabinet (README of this room)
  --amplifier LINK   of the only device: tcp://HOST:PORT, udp://HOST:PORT or serial:/dev/serial/by-id/…
  --unit N           its unit (default: the profile's)
  --sink SINK        alsa:DEVICE (default alsa:default), wav:FOLDER or none
  --channels OUTPUT  mono (default), stereo, or the loudspeaker line behind each channel of the card: 1,2
  --input NAME=CARD  ALSA capture device behind line, fm or microphone; may stand more than once
  --sound WHERE      process (default): the engine in a process of its own, or in-process
  --controller URL   with --claim CODE: enrol this box first
  --ca FILE          PEM of the authority of the control room, of this image
  --clock KEEPER     kernel (default: ask adjtimex) or trusted
  --roster-root FILE root of the province's keys (JSON, of this image): the first roster must be of it
  --without-clock W  an emergency while nobody has told the time: accept (default) or refuse
  --budget-mb N      disk for content (default 2048)`;

const CLOSE_LIMIT_MS = 4_000;
/** Beside this room, as they are delivered. */
const SHIPPED_PROFILES = fileURLToPath(new URL("../../hardware-profiles", import.meta.url));

await main();

async function main(): Promise<void> {
  const values = readFlags();
  const { data } = values;
  if (values.help || data === undefined) return leave(usage);
  const log = createPinoLog(pino({ name: "loa-agent" }));
  const folder = resolve(data);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const site = siteOf(values);
  for (const { alias, profile, why } of site.leftOut)
    log.error("device.left-out", { device: alias, profile, why });
  const contentBudgetBytes = budgetOf(values["budget-mb"]);
  const trust = trustOf(values["roster-root"], values["without-clock"]);
  const ca = values.ca === undefined ? undefined : readAuthorities(values.ca);
  const identity = readIdentity(folder) ?? (await enrolNow(folder, values.controller, values.claim, ca));
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) return leave(`ffmpeg was not found: ${ffmpeg.error.tried.join("; ")}`);
  if (ffmpeg.value.warning !== null) log.warn("ffmpeg.doubtful", { warning: ffmpeg.value.warning });
  const setup = setupOf(values, ffmpeg.value.path);
  const openSound = await soundOf(values.sound, setup);
  const box = openBox({
    folder,
    identity,
    identityFolder: folder,
    ...(ca === undefined ? {} : { ca }),
    cabinet: { ...site, linkFor: linkOfLine, gpioFor: (device) => openGpio(device, log) },
    openSound,
    areWordsWhole: () => areWordsWhole(setup.ffmpegPath, log),
    contentBudgetBytes,
    clockKeeper: values.clock === "trusted" ? "trusted" : "kernel",
    ...trust,
    log,
  });
  log.info("agent.started", { box: identity.box });
  const close = () => {
    setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
    void box.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", close);
  process.once("SIGINT", close);
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        data: { type: "string" },
        devices: { type: "string" },
        profile: { type: "string" },
        amplifier: { type: "string" },
        unit: { type: "string" },
        sink: { type: "string", default: "alsa:default" },
        channels: { type: "string", default: "mono" },
        input: { type: "string", multiple: true, default: [] },
        sound: { type: "string", default: "process" },
        controller: { type: "string" },
        claim: { type: "string" },
        ca: { type: "string" },
        clock: { type: "string", default: "kernel" },
        "roster-root": { type: "string" },
        "without-clock": { type: "string", default: "accept" },
        "budget-mb": { type: "string", default: "2048" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return leave(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

async function enrolNow(
  folder: string,
  controllerUrl: string | undefined,
  code: string | undefined,
  ca: string | undefined,
): Promise<Identity> {
  if (controllerUrl === undefined || code === undefined) {
    return leave("this box has no identity yet: give --controller URL and --claim CODE");
  }
  const parsed = claimCode.safeParse(code);
  if (!parsed.success) return leave("that is not a claim code: 16 characters and a check character");
  const doors = createKeyRing(ca, null, () => ({ at: BUILT_AT, isKnown: false })).doors();
  const enrolled = await enrol(folder, controllerUrl, parsed.data, doors);
  return enrolled.ok ? enrolled.value : leave(`enrolment failed: ${enrolled.error}`);
}

function trustOf(
  rootFile: string | undefined,
  word: string,
): Pick<BoxOptions, "rosterRoot" | "withoutClock"> {
  const withoutClock = readWithoutClock(word) ?? leave("--without-clock: accept or refuse");
  if (rootFile === undefined) return { withoutClock };
  const rosterRoot = readRosterRoot(rootFile) ?? leave(`--roster-root: ${rootFile} names no root`);
  return { withoutClock, rosterRoot };
}

function budgetOf(megabytes: string): number {
  const count = Number(megabytes);
  if (!Number.isFinite(count) || count <= 0) return leave("--budget-mb: megabytes, such as 2048");
  return count * 1024 * 1024;
}

function readAuthorities(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    return areCertificates(text) ? text : leave(`${path}: no certificate in it`);
  } catch {
    return leave(`${path} cannot be read`);
  }
}

interface DeviceFlags {
  readonly devices?: string | undefined;
  readonly profile?: string | undefined;
  readonly amplifier?: string | undefined;
  readonly unit?: string | undefined;
}

/** What the site's file says, or the one device of the flags. */
function siteOf({ devices, profile: path, amplifier, unit }: DeviceFlags): Site {
  if (devices !== undefined) {
    const site = loadSite(devices, SHIPPED_PROFILES);
    return site.ok ? site.value : leave(site.error.join("\n"));
  }
  if (path === undefined || amplifier === undefined) return leave(usage);
  const profile = loadProfile(path);
  if (!profile.ok) return leave(profile.error.join("\n"));
  if (profile.value.draft) return leave(`${path}: a draft never drives a real device: finish the profile`);
  const line = lineAddress.safeParse(amplifier);
  if (!line.success) return leave("--amplifier: tcp://HOST:PORT, udp://HOST:PORT or serial:PATH");
  const own = unit === undefined ? {} : { unit: /^\d+$/.test(unit) ? Number(unit) : unit };
  const only = { alias: ONLY_DEVICE, profile: profile.value, line: line.data, ...own };
  return { devices: [only], leftOut: [] };
}

interface SoundFlags {
  readonly sink: string;
  readonly channels: string;
  readonly input: readonly string[];
}

function setupOf(flags: SoundFlags, ffmpegPath: string): EngineSetup {
  const sink = readSink(flags.sink) ?? leave("--sink: alsa:DEVICE, wav:FOLDER or none");
  const layout = readChannels(flags.channels) ?? leave("--channels: mono, stereo, or lines such as 1,2");
  const inputs = readInputs(flags.input) ?? leave("--input: line=DEVICE, fm=DEVICE or microphone=DEVICE");
  return { sink, layout, inputs, ffmpegPath, wantsRealTime: true };
}

function soundOf(where: string, setup: EngineSetup) {
  if (where === "process") return inItsOwnProcess(setup);
  return where === "in-process" ? inThisProcess(setup) : leave("--sound: process or in-process");
}

function inItsOwnProcess(setup: EngineSetup): (needs: SoundNeeds) => OpenedSound {
  return (needs) =>
    createSupervisedSound({
      ...needs,
      setup,
      startEngine: engineStarter(process.env),
      timers: nodeTimers,
    });
}

/** What only the engine needs is not loaded into an agent that has none. */
async function inThisProcess(setup: EngineSetup): Promise<(needs: SoundNeeds) => OpenedSound> {
  const { createSound } = await import("./sound/create-sound.ts");
  const { sinkOf } = await import("./sound/process/sink-spec.ts");
  const { sink, layout, inputs, ffmpegPath } = setup;
  return (needs) => {
    const opened = sinkOf(sink, layout.outputs.length, needs.clock);
    return createSound({ ...needs, sink: opened, layout, inputs, ffmpegPath });
  };
}

/** Once a day: what it takes is not held for the rest of it. */
async function areWordsWhole(ffmpegPath: string, log: Log): Promise<boolean> {
  const words = await import("./sound/built-in-words.ts");
  return words.areWordsWhole({ ffmpegPath, log });
}

function leave(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
