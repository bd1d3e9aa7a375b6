import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { nodeClock } from "@loa/shared/node/node-clock.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { nodeTimers } from "@loa/shared/node/node-timers.ts";
import type { RosterRoot } from "@loa/shared/trust/roster.ts";
import { createAlertReader } from "./adapters/alert-reader.ts";
import { openHttpContent } from "./adapters/http-content.ts";
import { renewCertificate } from "./adapters/identity-store.ts";
import { type ClockKeeper, createLinuxHost, readBootId, readMachine } from "./adapters/linux-host.ts";
import { createMqttBus } from "./adapters/mqtt-bus.ts";
import { createNodeAlarm } from "./adapters/node-alarm.ts";
import { openSqliteStore } from "./adapters/sqlite-store.ts";
import { type Agent, createAgent } from "./agent.ts";
import { isConfirmed } from "./core/box-time.ts";
import { deviceSetup } from "./devices/device-setup.ts";
import { openShelf, type ShelfPorts } from "./devices/shelf.ts";
import type { Identity } from "./identity.ts";
import { createKeyRing, type KeyRing } from "./key-ring.ts";
import { keepRenewed } from "./renewal.ts";
import type { OpenedSound, SoundNeeds } from "./sound/create-sound.ts";
import type { KnownTime } from "./tls-identity.ts";
import { keepWordsChecked } from "./words-watch.ts";

/** The day this program was made; no true time lies before it. */
export const BUILT_AT = asInstant(Date.UTC(2026, 10, 23));
const VERSION = "0.1.0";
const KEEPALIVE_S = 20;

export type Cabinet = Pick<ShelfPorts, "devices" | "leftOut" | "linkFor" | "gpioFor">;

export interface BoxOptions {
  /** The box's own disk: identity, store, content. */
  readonly folder: string;
  readonly identity: Identity;
  /** Where its files lie: a new certificate is written there. */
  readonly identityFolder: string;
  /** What hangs in the cabinet, and how its lines are opened. */
  readonly cabinet: Cabinet;
  /** The loudspeaker: an engine in this process, or in one of its own. */
  readonly openSound: (needs: SoundNeeds) => OpenedSound;
  /** Whether the built-in words can be said. Left out: nobody looks. */
  readonly areWordsWhole?: () => Promise<boolean>;
  readonly contentBudgetBytes: number;
  readonly clockKeeper: ClockKeeper;
  readonly log: Log;
  /** PEM of the authorities that this box's image believes at the doors of the control room. */
  readonly ca?: string;
  /** Root of the province's keys, of the box's image. */
  readonly rosterRoot?: RosterRoot;
  readonly withoutClock?: "accept" | "refuse";
  /** Another clock than the machine's, for a simulated box whose clock is wrong. */
  readonly clock?: Clock;
}

export interface Box {
  readonly agent: Agent;
  close(): Promise<void>;
}

/** A whole box out of real parts, around one agent. */
export function openBox(options: BoxOptions): Box {
  const { folder, identity, cabinet, log } = options;
  const clock = options.clock ?? nodeClock;
  mkdirSync(folder, { recursive: true });
  const store = openSqliteStore(join(folder, "store.sqlite"), log);
  const ring = createKeyRing(options.ca, identity.tls, () => timeOf(agent));
  const content = openContent(options, ring);
  const bus = openBus(options, ring);
  const sound = options.openSound({ clipPath: (hash) => content.path(hash), clock, log });
  const devices = openShelf({ ...cabinet, clock, timers: nodeTimers, log });
  const host = createLinuxHost({ folder, clock: options.clockKeeper, log });
  const alarm = createNodeAlarm(clock);
  const machine = readMachine();
  let agent: Agent | null = null;
  const running = createAgent(
    {
      clock,
      random: nodeRandom,
      log,
      crypto: nodeCrypto,
      store,
      bus,
      sound,
      devices,
      content,
      host,
      alarm,
      alerts: createAlertReader(),
    },
    {
      box: identity.box,
      version: VERSION,
      bootId: readBootId(),
      ...(machine === undefined ? {} : { machine }),
      ...deviceSetup(cabinet.devices, cabinet.leftOut),
      privateKey: identity.privateKey,
      issuers: identity.issuers,
      rosters: identity.rosters,
      ...(options.rosterRoot === undefined ? {} : { rosterRoot: options.rosterRoot }),
      withoutClock: options.withoutClock ?? "accept",
      builtAt: BUILT_AT,
    },
  );
  agent = running;
  const endRenewing = startRenewing(options, ring, running);
  const endLooking = startLooking(options, running);
  return {
    agent: running,
    async close() {
      endRenewing();
      endLooking();
      running.stop();
      alarm.close();
      host.close();
      content.close();
      await Promise.all([sound.close(), devices.close()]);
      store.close();
    },
  };
}

function openContent({ folder, identity, contentBudgetBytes, log }: BoxOptions, ring: KeyRing) {
  return openHttpContent({
    folder: join(folder, "content"),
    url: identity.contentUrl,
    box: identity.box,
    password: identity.password,
    doors: ring.doors,
    budgetBytes: contentBudgetBytes,
    log,
  });
}

function openBus({ identity }: BoxOptions, ring: KeyRing) {
  const { mqttUrl: url, box, password } = identity;
  return createMqttBus({ url, box, password, keepaliveS: KEEPALIVE_S, doors: ring.doors });
}

function startRenewing(
  { identity, identityFolder, log }: BoxOptions,
  ring: KeyRing,
  agent: Agent,
): () => void {
  return keepRenewed({
    tls: ring.current,
    sight() {
      const { now, clockTrust, linkPhase, linkFailures } = agent.glance();
      // A time server's word will do: whose certificate is over hears no signed time, and a forged one costs a request.
      const isClockTrusted = isConfirmed(clockTrust);
      return { now, isClockTrusted, isLinkUp: linkPhase === "up", linkFailures };
    },
    renew: (tls) => renewCertificate(identityFolder, identity, tls, ring.doors()),
    renewed(next) {
      ring.replace(next);
      agent.comeAnew();
    },
    timers: nodeTimers,
    random: nodeRandom,
    log,
  });
}

function startLooking({ areWordsWhole: check }: BoxOptions, agent: Agent): () => void {
  if (check === undefined) return () => {};
  return keepWordsChecked({ check, found: (areWhole) => agent.wordsChecked(areWhole), timers: nodeTimers });
}

/**
 * Of the box, not of its machine. Before the agent runs, nothing is known but the day of the program. A time server that is
 * years ahead would make the control room's certificate look expired, and who could put it right would not be let in.
 */
function timeOf(agent: Agent | null): KnownTime {
  if (agent === null) return { at: BUILT_AT, isKnown: false };
  const { now, earliest, isTimeSigned: isKnown } = agent.glance();
  return { at: isKnown ? now : earliest, isKnown };
}
