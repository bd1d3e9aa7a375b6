import { flushCompileCache } from "node:module";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { loadNotices } from "../notice.ts";
import { openSource } from "../open-source.ts";
import { createSoundMemory } from "../sound-memory.ts";
import { createEngineHost } from "./engine-host.ts";
import { createLogOverChannel } from "./log-over-channel.ts";
import { machineClock } from "./machine-time.ts";
import { engineCommand, engineSetup, type Privileges } from "./messages.ts";
import { createOutbox } from "./outbox.ts";
import { askForRealTime } from "./real-time.ts";
import { parse } from "./shape.ts";
import { sinkOf } from "./sink-spec.ts";

/*
 * The sound process. It is started by `engine-child.ts` and lives as long as the agent that started it: when that one
 * dies, the channel between them closes, and everything here fades out and ends.
 */

const ORPHAN_FADE_MS = 150;

// Whoever strips the types of a program and compiles it keeps 25 MB of what that took: `loa-agent.service` lets a process
// do it that ends here, and the one that stays finds the program compiled.
if (process.argv[2] === "compile") process.exit(0);

const setup = engineSetup(JSON.parse(process.argv[2] ?? ""), "");
const say = createOutbox(
  (message, done) => process.send?.(message, done),
  () => process.exit(1),
);
const log = createLogOverChannel(say);
const { layout, ffmpegPath, inputs } = setup;
const sink = sinkOf(setup.sink, layout.outputs.length, machineClock);
const memory = createSoundMemory(loadNotices({ ffmpegPath, log }), layout.programme);
const host = createEngineHost({
  setup,
  sink,
  memory,
  openSource: (source, request, place) =>
    openSource(source, request, {
      ...place,
      channels: layout.programme,
      inputs,
      ffmpegPath,
      clock: machineClock,
      log,
    }),
  clock: machineClock,
  timers: nodeTimers,
  log,
  say,
});
let isEnding = false;

process.on("message", (message) => {
  const command = parse(engineCommand, message);
  if (!command.ok) log.error("engine.command-senseless", { problem: command.error });
  else if (command.value.kind === "close") end(command.value.fadeMs);
  else host.obey(command.value);
});
process.on("disconnect", () => end(ORPHAN_FADE_MS));
// The agent says when: whoever stops all processes of the box stops it too.
process.on("SIGTERM", () => {});
process.on("SIGINT", () => {});

// Node writes it when a process ends, which this one never does in peace.
flushCompileCache();
say({ kind: "ready", privileges: await privileges() });

async function privileges(): Promise<Privileges> {
  return setup.wantsRealTime ? askForRealTime() : { scheduling: "normal", memory: "pageable" };
}

function end(fadeMs: number): void {
  if (isEnding) return;
  isEnding = true;
  setTimeout(leave, fadeMs + 1_000).unref();
  void host.close(fadeMs).then(leave, leave);
}

/** With whatever is left of our process group: a decoder that hangs does not notice that nobody reads. */
function leave(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    process.exit(0);
  }
}
