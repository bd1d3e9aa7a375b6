import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { dirname, join } from "node:path";
import { startExternalBroker } from "@loa/controller/bus/external-broker.ts";
import type { BoxId } from "@loa/shared/kernel/ids.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { areaTopic, boxTopics } from "@loa/shared/wire/topics.ts";
import { type Network, province } from "../contract/broker.contract.ts";
import { keepaliveS, passwordOf, startCables } from "./aedes-network.ts";
import { anBox, binhBox } from "./box-end.ts";
import { freePort } from "./free-port.ts";
import { createLogBook } from "./log-book.ts";
import { type TemporaryFolder, temporaryFolder } from "./temp-folder.ts";

const controllerName = "control-room";
const startLimitMs = 10_000;

export interface Mosquitto {
  readonly port: number;
  /** Takes a user out of the password file; a live connection of it ends. */
  removeUser(name: string): void;
  stop(): Promise<void>;
}

/** A real mosquitto on the loopback, with the access list that goes with our table of topics. */
export async function startMosquitto(path: string, extraConfig = ""): Promise<Mosquitto> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const passwords = join(folder.path, "passwords");
  for (const [index, name] of [controllerName, anBox, binhBox].entries()) {
    const create = index === 0 ? ["-c"] : [];
    runPasswd(path, [...create, "-b", passwords, name, passwordOf(name)]);
  }
  await writeFile(join(folder.path, "acl"), accessList());
  const { child, stop } = await run(path, folder, port, configOf(folder.path, port, extraConfig));
  return {
    port,
    removeUser(name) {
      runPasswd(path, ["-D", passwords, name]);
      child.kill("SIGHUP");
    },
    stop,
  };
}

/** One that lets everybody do everything: the yardstick for tests of MQTT itself. */
export async function startOpenMosquitto(path: string): Promise<Pick<Mosquitto, "port" | "stop">> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const config = `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n`;
  const { stop } = await run(path, folder, port, config);
  return { port, stop };
}

async function run(path: string, folder: TemporaryFolder, port: number, config: string) {
  const file = join(folder.path, "mosquitto.conf");
  await writeFile(file, config);
  const child = spawn(path, ["-c", file], { stdio: "ignore" });
  await listening(port, child);
  return {
    child,
    async stop() {
      const exited = child.exitCode === null ? once(child, "exit") : null;
      child.kill("SIGTERM");
      await exited;
      await folder.remove();
    },
  };
}

export async function startMosquittoNetwork(path: string): Promise<Network> {
  const mosquitto = await startMosquitto(path);
  const revoked = new Set<BoxId>();
  const broker = await startExternalBroker({
    url: `mqtt://127.0.0.1:${mosquitto.port}`,
    username: controllerName,
    password: passwordOf(controllerName),
    endSession: (box) => {
      if (revoked.has(box)) mosquitto.removeUser(box);
    },
    clock: nodeClock,
    log: createLogBook(),
  });
  const cables = await startCables(mosquitto.port);
  return {
    broker,
    ...cables.network,
    revoke: (box) => void revoked.add(box),
    async stop() {
      await cables.close();
      await broker.close();
      await mosquitto.stop();
    },
  };
}

function configOf(folder: string, port: number, extra: string): string {
  return [
    `listener ${port} 127.0.0.1`,
    "allow_anonymous false",
    "use_username_as_clientid true",
    "persistence false",
    "max_packet_size 65536",
    `max_keepalive ${10 * keepaliveS}`,
    // Started by root, mosquitto would become another user that cannot read this folder.
    "user root",
    `password_file ${join(folder, "passwords")}`,
    `acl_file ${join(folder, "acl")}`,
    extra,
    "",
  ].join("\n");
}

/** `%u` is the username; areas are listed box by box. */
function accessList(): string {
  const rules = Object.entries(boxTopics);
  const ofControlRoom = rules.map(
    ([name, { direction }]) => `topic ${direction === "up" ? "read" : "write"} loa/v1/box/+/${name}`,
  );
  const ofBoxes = rules.map(
    ([name, { direction }]) => `pattern ${direction === "up" ? "write" : "read"} loa/v1/box/%u/${name}`,
  );
  const areas = [anBox, binhBox].flatMap((box) => [`user ${box}`, `topic read ${areaTopic(province)}`, ""]);
  return [
    `user ${controllerName}`,
    ...ofControlRoom,
    "topic write loa/v1/area/+/command",
    "",
    ...areas,
    ...ofBoxes,
    "",
  ].join("\n");
}

function runPasswd(mosquittoPath: string, args: readonly string[]): void {
  const folders = [dirname(mosquittoPath), dirname(mosquittoPath).replace(/sbin$/, "bin")].join(":");
  const outcome = spawnSync("mosquitto_passwd", args, {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folders}:${process.env.PATH ?? ""}` },
  });
  if (outcome.status !== 0) throw new Error(`mosquitto_passwd: ${outcome.stderr}`);
}

/** Tries until the port answers: mosquitto has no other sign of being up. */
async function listening(port: number, child: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + startLimitMs;
  while (!(await canConnect(port))) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    if (Date.now() > giveUpAt) throw new Error("mosquitto does not listen");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
