import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import { type Desk, openDesk } from "./desk.ts";
import { freePort } from "./free-port.ts";
import { fetchBelieving } from "./https-fetch.ts";
import { type OwnProcess, startOwn } from "./own-process.ts";

/** A controller as a process of its own, with its first operator signed in; it can be killed and started again. */
export interface ControlRoomProcess {
  readonly origin: string;
  readonly mqttPort: number;
  readonly desk: Desk;
  /** The first operator. */
  readonly admin: { readonly name: string; readonly password: string };
  readonly root: AreaId;
  /** File with the root of its authority, for the images of boxes. */
  readonly authority: string;
  running(): OwnProcess;
  /** Starts it again over the same folder and ports; sessions last. */
  startAgain(): Promise<void>;
  /** A code with which one box may enrol, at a new cluster in the area. */
  claim(area: AreaId, name: string): Promise<string>;
}

export interface ControlRoomProcessOptions {
  readonly dataFolder: string;
  /** How boxes reach the broker; where a test lays its cables. */
  readonly publicMqttUrl?: (mqttPort: number) => Promise<string>;
  readonly env?: Readonly<Record<string, string>>;
  /** It speaks TLS by its own authority, as it does off the loopback. */
  readonly isTls?: boolean;
}

/** On a machine that does ten other things as well. */
const START_LIMIT_MS = 90_000;
const clusterAnswer = z.object({ cluster: z.object({ id: z.string() }) });
const claimAnswer = z.object({ code: z.string() });

export async function startControlRoomProcess(
  options: ControlRoomProcessOptions,
): Promise<ControlRoomProcess> {
  const httpPort = await freePort();
  const mqttPort = await freePort();
  const publicMqttUrl = await options.publicMqttUrl?.(mqttPort);
  const root = areaId.parse("tinh-thu");
  const args = [
    ["--data", options.dataFolder],
    ["--http-port", `${httpPort}`, "--mqtt-port", `${mqttPort}`],
    ["--province-id", root, "--province-name", "Tỉnh Thử"],
    publicMqttUrl === undefined ? [] : ["--public-mqtt-url", publicMqttUrl],
    options.isTls === true ? ["--tls", "yes"] : [],
  ].flat();
  const start = async () => {
    const started = startOwn("controller/src/main.ts", { args, env: options.env ?? {} });
    await started.says(/controller\.listening/, START_LIMIT_MS);
    return started;
  };
  let running = await start();
  const [, password = ""] = await running.says(/^ {2}operator +(\S+)$/m);
  const origin = `${options.isTls === true ? "https" : "http"}://127.0.0.1:${httpPort}`;
  const authority = join(options.dataFolder, "keys", "authority.crt");
  const ask = options.isTls === true ? fetchBelieving(readFileSync(authority, "utf8")) : undefined;
  const admin = { name: "operator", password };
  const desk = await openDesk(origin, admin.name, admin.password, ask);
  return {
    origin,
    mqttPort,
    desk,
    admin,
    root,
    authority,
    running: () => running,
    async startAgain() {
      running = await start();
    },
    async claim(area, name) {
      const { operator } = desk;
      const place = { name, areaId: area, horns: 2 };
      const { cluster } = await operator.do("POST", "/api/v1/clusters", clusterAnswer, place);
      return (await operator.do("POST", `/api/v1/clusters/${cluster.id}/claim`, claimAnswer)).code;
    },
  };
}
