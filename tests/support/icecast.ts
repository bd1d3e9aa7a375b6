import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { eventuallySo } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import { temporaryFolder } from "./temp-folder.ts";

export type StationFormat = "mp3" | "aac" | "opus";

/** Debian's Icecast on the loopback, and ffmpeg as the studio in front of it. */
export interface Icecast {
  readonly port: number;
  /** Sends a file once, `speed` times as fast as it sounds; the address is `/name`. */
  broadcast(
    name: string,
    how: { readonly file: string; readonly format: StationFormat; readonly speed: number },
  ): void;
  close(): Promise<void>;
}

export interface IcecastOptions {
  readonly icecastPath: string;
  readonly ffmpegPath: string;
  /** What a new listener gets at once. */
  readonly burstBytes: number;
}

const muxers = {
  mp3: { type: "audio/mpeg", words: ["-f", "mp3"] },
  aac: { type: "audio/aac", words: ["-f", "adts"] },
  opus: { type: "application/ogg", words: ["-f", "ogg", "-page_duration", "200000"] },
} as const satisfies Record<StationFormat, unknown>;

const START_WITHIN_MS = 10_000;

export async function startIcecast(options: IcecastOptions): Promise<Icecast> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const path = join(folder.path, "icecast.xml");
  writeFileSync(path, configuration(port, folder.path, options.burstBytes));
  // It leaves root behind at once, and then writes its log there.
  chmodSync(folder.path, 0o777);
  const children: ChildProcess[] = [spawn(options.icecastPath, ["-c", path], { stdio: "ignore" })];
  await eventuallySo("Icecast listens", START_WITHIN_MS, () => listens(port));
  return {
    port,
    broadcast(name, { file, format, speed }) {
      const { type, words } = muxers[format];
      const to = `icecast://source:studio@127.0.0.1:${port}/${name}`;
      const pace = ["-v", "error", "-nostdin", "-readrate", String(speed), "-i", file, "-c", "copy"];
      const studio = [...pace, ...words, "-content_type", type, to];
      children.push(spawn(options.ffmpegPath, studio, { stdio: "ignore" }));
    },
    async close() {
      for (const child of children.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const gone = once(child, "exit");
        child.kill("SIGKILL");
        await gone;
      }
      await folder.remove();
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

function configuration(port: number, folder: string, burstBytes: number): string {
  return `<icecast>
  <limits><clients>20</clients><sources>5</sources><queue-size>4000000</queue-size>
    <burst-size>${burstBytes}</burst-size><source-timeout>30</source-timeout></limits>
  <authentication><source-password>studio</source-password><relay-password>relay</relay-password>
    <admin-user>admin</admin-user><admin-password>admin</admin-password></authentication>
  <hostname>localhost</hostname>
  <listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
  <fileserve>0</fileserve>
  <paths><basedir>${folder}</basedir><logdir>${folder}</logdir><webroot>/usr/share/icecast2/web</webroot>
    <adminroot>/usr/share/icecast2/admin</adminroot></paths>
  <logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>1</loglevel></logging>
  <security><chroot>0</chroot><changeowner><user>nobody</user><group>nogroup</group></changeowner></security>
</icecast>
`;
}
