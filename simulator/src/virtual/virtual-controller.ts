import { approvalUrlOf } from "@loa/controller/approval-url.ts";
import { checkedAtOnce } from "@loa/controller/bus/signature-checks.ts";
import type { ControllerConfig } from "@loa/controller/config.ts";
import { type Controller, createController } from "@loa/controller/controller.ts";
import type { ControllerPorts } from "@loa/controller/ports.ts";
import { fail } from "@loa/shared/kernel/result.ts";
import type { SeededRandom } from "./random.ts";
import type { Trace } from "./trace.ts";
import { createVirtualArchive } from "./virtual-archive.ts";
import { createMachineClock, createVirtualTimers } from "./virtual-clock.ts";
import type { Download } from "./virtual-content.ts";
import { virtualCrypto } from "./virtual-crypto.ts";
import { createVirtualDatabase, type VirtualDatabase } from "./virtual-database.ts";
import { keyPairFrom, noAttemptLimits, quickPasswords, silentMetrics } from "./virtual-identity.ts";
import { createVirtualLog } from "./virtual-log.ts";
import type { VirtualNetwork } from "./virtual-network.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const CONTROLLER_URL = "http://loa.test";

/** The server in the control room: its disk lasts, the real controller runs on it until it is killed. */
export interface VirtualController {
  readonly database: VirtualDatabase;
  readonly isOn: boolean;
  /** Signed heads of the audit, kept outside of it. */
  readonly auditHeads: readonly string[];
  start(): Promise<void>;
  /** `kill -9`: connections close, what was not committed is gone. */
  kill(): void;
  /** As if through HTTP; 503 while the controller is down. */
  fetch(request: Request): Promise<Response>;
  /** Content, as a box with this credential gets it. */
  download(box: string, password: string): Download;
  /** Until nothing is under way any more. */
  settled(): void | Promise<void>;
}

export interface VirtualControllerParts {
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly random: SeededRandom;
  readonly network: VirtualNetwork;
  readonly firstStart: ControllerConfig["firstStart"];
}

export function createVirtualController(parts: VirtualControllerParts): VirtualController {
  const { time, trace, random, network } = parts;
  const database = createVirtualDatabase();
  const archive = createVirtualArchive(virtualCrypto);
  const key = keyPairFrom(random.stream("key"));
  const log = createVirtualLog(time, trace, "controller");
  let runs = 0;
  let running: Controller | null = null;

  const config: ControllerConfig = {
    mqttUrl: "mqtt://loa.test:1883",
    contentUrl: CONTROLLER_URL,
    publicUrl: CONTROLLER_URL,
    approvalUrl: approvalUrlOf(CONTROLLER_URL),
    boxesTrust: "own",
    areBoxesCertified: false,
    issuer: "controller",
    privateKey: key.privateKey,
    publicKey: key.publicKey,
    webFolder: null,
    allowedHosts: [new URL(CONTROLLER_URL).host],
    ownSignIn: "everybody",
    isBehindProxy: false,
    secureCookies: false,
    metricsToken: null,
    firstStart: parts.firstStart,
  };

  const auditHeads: string[] = [];

  function portsOf(run: number): ControllerPorts {
    const isAlive = () => runs === run;
    const clock = createMachineClock(time, { driftPpm: 0, wall: time.instant() });
    return {
      clock,
      timers: createVirtualTimers(time, clock, isAlive, settled),
      random: random.stream(`run-${run}`),
      log,
      crypto: virtualCrypto,
      signatures: checkedAtOnce(virtualCrypto),
      database: database.open(),
      broker: async (access) => network.startBroker(access),
      blobs: archive.blobs,
      media: archive.media,
      voice: archive.voice,
      documents: { get: async () => fail("no web in the virtual world") },
      uploads: archive.uploads,
      passwords: quickPasswords,
      limits: noAttemptLimits,
      openId: null,
      authority: null,
      metrics: silentMetrics,
      audit: {
        async keep(head) {
          auditHeads.push(head);
        },
      },
    };
  }

  function settled(): void | Promise<void> {
    return running?.settled();
  }

  network.afterController = settled;
  const controller: VirtualController = {
    database,
    auditHeads,
    get isOn() {
      return running !== null;
    },
    async start() {
      if (running !== null) return;
      runs += 1;
      running = await createController(portsOf(runs), config);
      await running.settled();
    },
    kill() {
      if (running === null) return;
      runs += 1;
      running = null;
      network.killBroker();
      database.kill();
    },
    async fetch(request) {
      if (running === null) return new Response(null, { status: 503 });
      return running.fetch(request);
    },
    download(box, password) {
      const authorization = `Basic ${Buffer.from(`${box}:${password}`).toString("base64")}`;
      return async (sha256) => {
        const url = `${CONTROLLER_URL}/content/v1/${sha256}`;
        const answer = await controller.fetch(new Request(url, { headers: { authorization } }));
        return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
      };
    },
    settled,
  };
  return controller;
}
