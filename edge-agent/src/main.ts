import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { ModbusProfile } from "@loa/shared/device/profile-modbus.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { createPinoLog } from "@loa/shared/node/pino-log.ts";
import { claimCode } from "@loa/shared/wire/enrolment.ts";
import { pino } from "pino";
import { enrol, readIdentity } from "./adapters/identity-store.ts";
import { loadModbusProfile } from "./adapters/profile-file.ts";
import { createSerialLink } from "./adapters/serial-link.ts";
import { createTcpLink } from "./adapters/tcp-link.ts";
import { openBox } from "./box.ts";
import type { ByteLink } from "./devices/byte-link.ts";
import type { Identity } from "./identity.ts";
import type { OpenedSound, SoundNeeds } from "./sound/create-sound.ts";
import { engineStarter } from "./sound/process/engine-child.ts";
import type { EngineSetup } from "./sound/process/messages.ts";
import { readChannels, readInputs, readSink } from "./sound/process/sound-flags.ts";
import { createSupervisedSound } from "./sound/process/supervisor.ts";

const usage = `Usage: node edge-agent/src/main.ts --data DIR --profile FILE --amplifier LINK [options]
  --amplifier LINK   tcp://HOST:PORT or serial:/dev/serial/by-id/…
  --unit N           Modbus unit (default: the profile's)
  --sink SINK        alsa:DEVICE (default alsa:default), wav:FOLDER or none
  --channels OUTPUT  mono (default), stereo, or the loudspeaker line behind each channel of the card: 1,2
  --input NAME=CARD  ALSA capture device behind line, fm or microphone; may stand more than once
  --sound WHERE      process (default): the engine in a process of its own, or in-process
  --controller URL   with --claim CODE: enrol this box first
  --clock KEEPER     kernel (default: ask adjtimex) or trusted
  --budget-mb N      disk for content (default 2048)`;

const CLOSE_LIMIT_MS = 4_000;

await main();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      profile: { type: "string" },
      amplifier: { type: "string" },
      unit: { type: "string" },
      sink: { type: "string", default: "alsa:default" },
      channels: { type: "string", default: "mono" },
      input: { type: "string", multiple: true, default: [] },
      sound: { type: "string", default: "process" },
      controller: { type: "string" },
      claim: { type: "string" },
      clock: { type: "string", default: "kernel" },
      "budget-mb": { type: "string", default: "2048" },
      help: { type: "boolean", default: false },
    },
  });
  const { data, profile: profilePath, amplifier } = values;
  if (values.help || data === undefined || profilePath === undefined || amplifier === undefined)
    return leave(usage);
  const log = createPinoLog(pino({ name: "loa-agent" }));
  const folder = resolve(data);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const profile = loadModbusProfile(profilePath);
  if (!profile.ok) return leave(profile.error.join("\n"));
  if (profile.value.draft)
    return leave(`${profilePath}: a draft never drives a real device: finish the profile`);
  const identity = readIdentity(folder) ?? (await enrolNow(folder, values.controller, values.claim));
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) return leave(`ffmpeg was not found: ${ffmpeg.error.tried.join("; ")}`);
  if (ffmpeg.value.warning !== null) log.warn("ffmpeg.doubtful", { warning: ffmpeg.value.warning });
  const setup = setupOf(values, ffmpeg.value.path);
  const openSound = await soundOf(values.sound, setup);
  const box = openBox({
    folder,
    identity,
    profile: profile.value,
    link: linkOf(amplifier, profile.value.transport),
    unit: values.unit === undefined ? profile.value.transport.unit : Number(values.unit),
    openSound,
    contentBudgetBytes: Number(values["budget-mb"]) * 1024 * 1024,
    clockKeeper: values.clock === "trusted" ? "trusted" : "kernel",
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

async function enrolNow(
  folder: string,
  controllerUrl: string | undefined,
  code: string | undefined,
): Promise<Identity> {
  if (controllerUrl === undefined || code === undefined) {
    return leave("this box has no identity yet: give --controller URL and --claim CODE");
  }
  const parsed = claimCode.safeParse(code);
  if (!parsed.success) return leave("that is not a claim code: 16 characters and a check character");
  const enrolled = await enrol(folder, controllerUrl, parsed.data);
  return enrolled.ok ? enrolled.value : leave(`enrolment failed: ${enrolled.error}`);
}

function linkOf(text: string, transport: ModbusProfile["transport"]): ByteLink {
  if (text.startsWith("serial:")) {
    if (transport.kind !== "modbus-rtu")
      return leave("--amplifier: this profile speaks Modbus TCP, not serial");
    const { baud, parity, stopBits } = transport;
    return createSerialLink({ path: text.slice("serial:".length), baud, parity, stopBits });
  }
  const url = new URL(text);
  if (url.protocol !== "tcp:") leave("--amplifier: tcp://HOST:PORT or serial:PATH");
  return createTcpLink({ host: url.hostname, port: Number(url.port) });
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

function leave(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(2);
}
