import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { findFfmpeg } from "@loa/shared/node/ffmpeg-path.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import { argon2Passwords } from "./adapters/argon2-passwords.ts";
import { auditHeadFile } from "./adapters/audit-head-file.ts";
import { openUploads } from "./adapters/file-uploads.ts";
import { type Answer, type HttpServer, listenHttp } from "./adapters/http-server.ts";
import { openKeyFile } from "./adapters/key-file.ts";
import { memoryLimits } from "./adapters/memory-limits.ts";
import { prometheusMetrics } from "./adapters/prometheus.ts";
import { startAedesBroker } from "./bus/aedes-broker.ts";
import type { ControllerConfig, FirstStart } from "./config.ts";
import { createController } from "./controller.ts";
import { type Exposure, exposureProblem, isSecure } from "./exposure.ts";
import { createMedia } from "./media/create-media.ts";
import type { BrokerAccess } from "./ports.ts";
import { openBlobs } from "./store/blobs.ts";
import { openSqlite } from "./store/open-sqlite.ts";

export interface ControlRoomOptions extends Exposure {
  /** 0 takes a free one. */
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly dataFolder: string;
  readonly webFolder: string | null;
  /** How boxes reach the broker from outside; null: by host and port. */
  readonly publicMqttUrl: string | null;
  readonly metricsToken: string | null;
  readonly targetLufs: number;
  readonly firstStart: FirstStart;
  /** File for the signed heads of the audit, best on another disk; left out: beside the database. */
  readonly auditHeads?: string;
  readonly log: Log;
  /** Answers before the controller does, where it answers at all: the simulator's own addresses. */
  readonly before?: (request: Request) => Promise<Response | null>;
}

export interface ControlRoom {
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly isFirstStart: boolean;
  fetch: Answer;
  close(): Promise<void>;
}

/** The controller on this machine, with the real adapters of every port. */
export async function openControlRoom(options: ControlRoomOptions): Promise<ControlRoom> {
  const { dataFolder, log, targetLufs } = options;
  const problem = exposureProblem(options);
  if (problem !== null) throw new Error(problem);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const keys = await openKeyFile(join(dataFolder, "keys", "controller.key"));
  const http = await listenHttp(options.host, options.httpPort, options.httpTls ?? null);
  try {
    return await open(options, http, keys);
  } catch (error) {
    await http.close();
    throw error;
  }

  async function open(from: ControlRoomOptions, server: HttpServer, pair: typeof keys): Promise<ControlRoom> {
    const media = createMedia({
      ffmpegPath: await ffmpegPath(log),
      workFolder: join(dataFolder, "media"),
      log,
      targetLufs,
    });
    let mqttPort = from.mqttPort;
    const controller = await createController(
      {
        clock: nodeClock,
        timers: nodeTimers,
        random: nodeRandom,
        crypto: nodeCrypto,
        log,
        database: openSqlite(join(dataFolder, "loa.sqlite")),
        blobs: await openBlobs(join(dataFolder, "blobs")),
        uploads: await openUploads(join(dataFolder, "uploads")),
        passwords: argon2Passwords(),
        limits: memoryLimits(),
        metrics: prometheusMetrics(),
        audit: auditHeadFile(from.auditHeads ?? join(dataFolder, "audit-heads.txt")),
        media,
        async broker(access) {
          const broker = await startBroker(from, access);
          mqttPort = broker.port;
          return broker;
        },
      },
      configOf(from, server.port, () => mqttPort, pair),
    );
    const answer: Answer = async (request, env) =>
      (await from.before?.(request)) ?? (await controller.fetch(request, env));
    server.serve(answer);
    return {
      httpPort: server.port,
      mqttPort,
      isFirstStart: controller.isFirstStart,
      fetch: answer,
      async close() {
        await server.close();
        await media.close();
        await controller.close();
      },
    };
  }
}

function startBroker({ host, mqttPort: port, mqttTls, log }: ControlRoomOptions, access: BrokerAccess) {
  const { authenticate, allowedSubscriptions } = access;
  const tls = mqttTls === null ? {} : { tls: mqttTls };
  return startAedesBroker({ host, port, ...tls, authenticate, allowedSubscriptions, clock: nodeClock, log });
}

function configOf(
  options: ControlRoomOptions,
  httpPort: number,
  mqttPort: () => number,
  keys: Pick<ControllerConfig, "privateKey" | "publicKey">,
): ControllerConfig {
  const { host, publicUrl, publicMqttUrl, mqttTls, webFolder, metricsToken, targetLufs, firstStart } =
    options;
  const own = [host, "localhost", "127.0.0.1"].map((name) => `${name}:${httpPort}`);
  return {
    ...keys,
    issuer: "controller",
    contentUrl: publicUrl ?? `${options.httpTls === undefined ? "http" : "https"}://${host}:${httpPort}`,
    // Port 0 is known only when the broker listens, which is before anybody can ask.
    get mqttUrl() {
      return publicMqttUrl ?? `${mqttTls === null ? "mqtt" : "mqtts"}://${host}:${mqttPort()}`;
    },
    allowedHosts: publicUrl === null ? own : [new URL(publicUrl).host, ...own],
    secureCookies: isSecure(options),
    webFolder,
    metricsToken,
    targetLufs,
    firstStart,
  };
}

/** Without ffmpeg everything works but uploads, which say so. */
async function ffmpegPath(log: Log): Promise<string | null> {
  const ffmpeg = await findFfmpeg({ env: process.env, from: import.meta.url });
  if (!ffmpeg.ok) {
    log.error("ffmpeg.missing", { tried: ffmpeg.error.tried.join("; ") });
    return null;
  }
  if (ffmpeg.value.warning !== null) log.warn("ffmpeg.doubtful", { warning: ffmpeg.value.warning });
  return ffmpeg.value.path;
}
