import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { temporaryFolder } from "./temp-folder.ts";

/** A server of the loopback as it looks over a bad radio link: the kernel's own TCP over packets that are late and get lost. */
export interface LossyLink {
  /** On the loopback; behind it lies the link, and behind that the server. */
  readonly port: number;
  close(): Promise<void>;
}

export interface LinkQuality {
  /** One way. */
  readonly latencyMs: number;
  readonly jitterMs: number;
  /** Of packets, one way. */
  readonly loss: number;
}

const PYTHON = "/usr/bin/python3";
/** The address that `lossy-link.py` gives our end. */
const NEAR_HOST = "198.18.77.1";
const NEAR_PORT = 1883;
const READY_LIMIT_MS = 20_000;

/** Whether this machine lets us make network namespaces and TUN devices. */
export function canLayLossyLink(): boolean {
  return process.getuid?.() === 0 && existsSync("/dev/net/tun") && existsSync(PYTHON);
}

export async function layLossyLink(targetPort: number, quality: LinkQuality): Promise<LossyLink> {
  const folder = await temporaryFolder();
  const script = (name: string) => join(import.meta.dirname, name);
  const farEnd = startPiped("unshare", [
    ...["--net", process.execPath, script("lossy-far-end.ts")],
    ...[folder.path, NEAR_HOST, `${NEAR_PORT}`],
  ]);
  await farEnd.ready();
  const { latencyMs, jitterMs, loss } = quality;
  const line = startPiped(PYTHON, [
    ...[script("lossy-link.py"), `${farEnd.pid}`],
    ...[latencyMs, jitterMs, loss].map(String),
  ]);
  await line.ready();
  const toTarget = () => connect({ host: "127.0.0.1", port: targetPort, noDelay: true });
  const far = await passingOn(NEAR_HOST, NEAR_PORT, toTarget);
  const near = await passingOn("127.0.0.1", 0, () => connect(join(folder.path, "far-end")));
  return {
    port: portOf(near),
    async close() {
      near.close();
      far.close();
      await Promise.all([line.end(), farEnd.end()]);
      await folder.remove();
    },
  };
}

/** Passes every connection on. */
async function passingOn(host: string, port: number, open: () => Socket): Promise<Server> {
  const server = createServer({ noDelay: true }, (near) => {
    const far = open();
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("error", () => {});
      one.once("close", () => other.destroy());
      one.pipe(other);
    }
  });
  server.listen(port, host);
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP port");
  return address.port;
}

/** A program that lasts until its standard input closes. */
function startPiped(program: string, args: readonly string[]) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  return {
    pid: child.pid ?? 0,
    async ready() {
      const said = once(child.stdout.setEncoding("utf8"), "data", {
        signal: AbortSignal.timeout(READY_LIMIT_MS),
      });
      const failed = exited.then(() => {
        throw new Error(`${program} ended before it was ready`);
      });
      await Promise.race([said, failed]);
      failed.catch(() => {});
    },
    async end() {
      child.stdin.end();
      await exited;
    },
  };
}
