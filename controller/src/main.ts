import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { nodeRandom } from "@loa/shared/node/node-random.ts";
import { createPinoLog } from "@loa/shared/node/pino-log.ts";
import { claimCodeFrom, spokenClaimCode } from "@loa/shared/wire/enrolment.ts";
import { pino } from "pino";
import { isSafeIssuer } from "./adapters/openid-provider.ts";
import { approvalUrlProblem } from "./approval-url.ts";
import { CannotOpen, type ControlRoomOptions, openControlRoom } from "./control-room.ts";
import { exposureProblem } from "./exposure.ts";

const usage = `Usage: node controller/src/main.ts [options]
  --data DIR            where everything is kept (default .loa-data)
  --host ADDRESS        default 127.0.0.1
  --http-port N         default 8080; 0 takes a free one
  --mqtt-port N         default 1883; 0 takes a free one
  --public-url URL      how people and boxes reach the pages: https://loa.example.vn
  --approval-url URL    where emergencies are approved, one name below: default https://approve.loa.example.vn
  --public-mqtt-url URL how boxes reach the broker: mqtts://loa.example.vn:8883
  --tls yes             TLS by our own authority also on the loopback; elsewhere it is spoken anyhow
  --http-key FILE --http-cert FILE   a given certificate for the pages; or:
  --behind-proxy yes    somebody in front of us speaks HTTPS, and nobody reaches us otherwise
  --mqtt-key FILE --mqtt-cert FILE   a given certificate for the broker
  --mqtt-ca FILE        boxes show certificates of this authority instead of our own
  --oidc-issuer URL     people sign in with their office's accounts; LOA_OIDC_CLIENT_ID and LOA_OIDC_CLIENT_SECRET say as whom
  --oidc-only yes       and nobody otherwise but the break-glass account (node controller/src/accounts/main.ts)
  --audit-heads FILE    where the signed heads of the audit are added (default DIR/audit-heads.txt): best another disk
  --web DIR             built pages of the console (default controller/web/dist, where there)
  --province-id ID --province-name NAME   the root of the tree, in an empty database only
Each may also stand in the environment as LOA_HTTP_PORT and so on; LOA_METRICS_TOKEN lets others read /metrics.`;

/** After SIGTERM everything is over within 5 s, whatever hangs. */
const CLOSE_LIMIT_MS = 4_500;
const highestPort = 65_535;

const flagNames = [
  "data",
  "host",
  "http-port",
  "mqtt-port",
  "public-url",
  "approval-url",
  "public-mqtt-url",
  "tls",
  "http-key",
  "http-cert",
  "behind-proxy",
  "mqtt-key",
  "mqtt-cert",
  "mqtt-ca",
  "web",
  "audit-heads",
  "oidc-issuer",
  "oidc-only",
  "province-id",
  "province-name",
] as const;

await main();

async function main(): Promise<void> {
  const flags = readFlags();
  if (flags === null) return leave(usage);
  const log = createPinoLog(pino({ name: "loa-controller" }));
  const operators = ["operator", "approver"].map((name) => ({ name, password: newPassword() }));
  const options = optionsOf(flags, operators);
  if (typeof options === "string") return leave(`${options}\n${usage}`);
  const room = await openControlRoom({ ...options, log }).catch(said);
  if (room === null) return;
  log.info("controller.listening", { host: options.host, httpPort: room.httpPort, mqttPort: room.mqttPort });
  const close = () => {
    setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
    void room.close().then(() => process.exit(0));
  };
  process.once("SIGTERM", close);
  process.once("SIGINT", close);
}

type FlagName = (typeof flagNames)[number];
type Flags = (name: FlagName) => string | undefined;

/** Null when help is asked for or a flag is unknown. */
function readFlags(): Flags | null {
  try {
    const known = flagNames.map((name) => [name, { type: "string" as const }] as const);
    const { values } = parseArgs({ options: { ...Object.fromEntries(known), help: { type: "boolean" } } });
    const told: Readonly<Record<string, unknown>> = values;
    if (values.help === true) return null;
    return (name) => {
      const value = told[name] ?? process.env[`LOA_${name.toUpperCase().replaceAll("-", "_")}`];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
  } catch {
    return null;
  }
}

/** The options, or what is wrong with the flags. */
function optionsOf(
  flags: Flags,
  operators: ControlRoomOptions["firstStart"]["operators"],
): Omit<ControlRoomOptions, "log"> | string {
  const httpPort = portOf(flags("http-port") ?? "8080");
  const mqttPort = portOf(flags("mqtt-port") ?? "1883");
  if (httpPort === null || mqttPort === null) return "a port is a number from 0 to 65535";
  const publicUrl = flags("public-url") ?? null;
  if (publicUrl !== null && !URL.canParse(publicUrl)) return "--public-url is no URL";
  const approvalUrl = approvalUrlFrom(flags("approval-url"), publicUrl);
  if (typeof approvalUrl === "string") return approvalUrl;
  const mqttTls = tlsOf(flags, "mqtt");
  const httpTls = tlsOf(flags, "http");
  if (mqttTls === "half" || httpTls === "half") return "a --…-key and its --…-cert come together";
  const openId = openIdOf(flags);
  if (typeof openId === "string") return openId;
  const ca = flags("mqtt-ca");
  if (ca !== undefined && mqttTls === null) return "--mqtt-ca comes with --mqtt-key and --mqtt-cert";
  const auditHeads = flags("audit-heads");
  const options: Omit<ControlRoomOptions, "log"> = {
    host: flags("host") ?? "127.0.0.1",
    httpPort,
    mqttPort,
    dataFolder: resolve(flags("data") ?? ".loa-data"),
    webFolder: webFolderOf(flags("web")),
    publicUrl,
    publicMqttUrl: flags("public-mqtt-url") ?? null,
    mqttTls: mqttTls === null || ca === undefined ? mqttTls : { ...mqttTls, ca: readText(ca) },
    isBehindProxy: flags("behind-proxy") === "yes",
    isOwnTlsWanted: flags("tls") === "yes",
    metricsToken: process.env.LOA_METRICS_TOKEN ?? null,
    firstStart: {
      root: { id: flags("province-id") ?? "province", name: flags("province-name") ?? "Tỉnh" },
      operators,
      made: () => sayFirstSignIn(operators),
    },
    ...approvalUrl,
    ...(httpTls === null ? {} : { httpTls }),
    ...(openId === null ? {} : { openId }),
    ...(auditHeads === undefined ? {} : { auditHeads: resolve(auditHeads) }),
  };
  return exposureProblem(options) ?? options;
}

/** A text says what is wrong. */
function approvalUrlFrom(
  asked: string | undefined,
  publicUrl: string | null,
): Pick<ControlRoomOptions, "approvalUrl"> | string {
  if (asked === undefined) return {};
  if (publicUrl === null || !URL.canParse(asked))
    return "--approval-url is a URL, and comes with --public-url";
  return approvalUrlProblem(asked, publicUrl) ?? { approvalUrl: new URL(asked).origin };
}

/** Null where all accounts are our own; a text says what is wrong. */
function openIdOf(flags: Flags): NonNullable<ControlRoomOptions["openId"]> | string | null {
  const issuer = flags("oidc-issuer");
  const isOnly = flags("oidc-only") === "yes";
  if (issuer === undefined) return isOnly ? "--oidc-only wants --oidc-issuer" : null;
  const clientId = process.env.LOA_OIDC_CLIENT_ID ?? "";
  const clientSecret = process.env.LOA_OIDC_CLIENT_SECRET ?? "";
  if (!isSafeIssuer(issuer)) return "--oidc-issuer is an https:// address";
  if (clientId === "" || clientSecret === "")
    return "--oidc-issuer wants LOA_OIDC_CLIENT_ID and LOA_OIDC_CLIENT_SECRET in the environment";
  return { issuer, clientId, clientSecret, isOnly };
}

/** Null where neither is given. */
function tlsOf(
  flags: Flags,
  door: "mqtt" | "http",
): { readonly key: string; readonly cert: string } | "half" | null {
  const key = flags(`${door}-key`);
  const cert = flags(`${door}-cert`);
  if (key === undefined && cert === undefined) return null;
  return key === undefined || cert === undefined ? "half" : { key: readText(key), cert: readText(cert) };
}

function webFolderOf(told: string | undefined): string | null {
  const folder = told === undefined ? join(import.meta.dirname, "..", "web", "dist") : resolve(told);
  return existsSync(join(folder, "index.html")) ? folder : null;
}

function portOf(text: string): number | null {
  const port = Number(text);
  return /^\d+$/.test(text) && port <= highestPort ? port : null;
}

function readText(path: string): string {
  return readFileSync(path, "utf8");
}

/** What whoever started it can mend is told in words; everything else is ours, with its stack. */
function said(error: unknown): null {
  if (!(error instanceof CannotOpen)) throw error;
  leave(error.message);
  return null;
}

/** 80 bit, in groups that can be read aloud. */
function newPassword(): string {
  return spokenClaimCode(claimCodeFrom(nodeRandom.bytes(10)).slice(0, 16)).toLowerCase();
}

/** Shown once: the database keeps only hashes. */
function sayFirstSignIn(operators: ControlRoomOptions["firstStart"]["operators"]): void {
  const lines = operators.map(({ name, password }) => `  ${name.padEnd(10)} ${password}\n`);
  process.stdout.write(`\nFirst sign-in, shown only this once:\n${lines.join("")}\n`);
}

function leave(text: string): void {
  process.stderr.write(`${text}\n`);
  process.exitCode = 2;
}
