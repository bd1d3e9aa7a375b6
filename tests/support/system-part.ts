import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, test } from "vitest";

/** Names are Debian's package names: what is missing is also what to install. */
export type SystemPartName = keyof typeof finders;

export type SystemPart = { readonly path: string };

/** Set by `.ci/run`, which has installed every part: a missing part is then a failure, not a skip. */
const requiredBy = "LOA_SYSTEM_PARTS";

const importLimitMs = 10_000;

const finders = {
  "alsa-utils": () => onPath("aplay"),
  chromium: () => onPath("chromium"),
  ffmpeg: () => process.env.FFMPEG_PATH ?? onPath("ffmpeg") ?? ffmpegOfNpm(),
  ffprobe: () => onPath("ffprobe"),
  gcc: () => onPath("gcc"),
  "gir1.2-gst-rtsp-server-1.0": rtspServer,
  icecast2: () => onPath("icecast2"),
  libasound2: () => library("libasound.so.2"),
  "libasound2-dev": () => ["/usr/include/alsa/asoundlib.h"].find(existsSync) ?? null,
  mbpoll: () => onPath("mbpoll"),
  mosquitto: () => onPath("mosquitto"),
  "mosquitto-clients": () => onPath("mosquitto_pub"),
  mpv: () => onPath("mpv"),
  openssl: () => onPath("openssl"),
  "python3-pymodbus": () => pythonWith("pymodbus"),
  snapclient: () => onPath("snapclient"),
  snapserver: () => onPath("snapserver"),
  socat: () => onPath("socat"),
  "stress-ng": () => onPath("stress-ng"),
} satisfies Record<string, () => string | null>;

const found = new Map<SystemPartName, SystemPart | null>();

/**
 * The program (or library, or interpreter) that a test needs from the system, or null after one line that says so.
 * Use: `const mosquitto = systemPart("mosquitto"); describe.skipIf(mosquitto === null)(…)`.
 */
export function systemPart(name: SystemPartName): SystemPart | null {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = finders[name]();
  const part = path === null ? null : { path };
  found.set(name, part);
  if (part === null) reportMissing(name);
  return part;
}

/** A describe whose body gets the part; where the part is missing one skipped test with the reason stands in for it. */
export function describeWithPart(
  name: SystemPartName,
  title: string,
  body: (part: SystemPart) => void,
): void {
  const part = systemPart(name);
  if (part !== null) {
    describe(title, () => body(part));
    return;
  }
  describe(title, () => {
    test.skip(`needs ${name} (apt-get install ${name})`);
  });
}

function reportMissing(name: SystemPartName): void {
  const line = `skipped: needs ${name}, which this machine lacks (apt-get install ${name})`;
  if (process.env[requiredBy] === "required") throw new Error(line);
  console.warn(line);
}

function onPath(program: string): string | null {
  // Brokers live in sbin, which is not on the PATH of a plain user.
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, program)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @ffmpeg-installer's build of 2018, a devDependency: old, but every machine that has run `npm ci` has it. */
function ffmpegOfNpm(): string | null {
  const folder = join(import.meta.dirname, "../../node_modules/@ffmpeg-installer", `linux-${process.arch}`);
  return [join(folder, "ffmpeg")].find(isExecutable) ?? null;
}

function library(file: string): string | null {
  const folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
  return folders.map((folder) => join(folder, file)).find(existsSync) ?? null;
}

/** The server, and Python with the pieces of GStreamer that it is used through. */
function rtspServer(): string | null {
  const folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"];
  const types = "girepository-1.0/GstRtspServer-1.0.typelib";
  return folders.some((folder) => existsSync(join(folder, types))) ? pythonWith("gi") : null;
}

/** Debian's interpreter first: `python3` on PATH may be another one that does not see Debian's packages. */
function pythonWith(module: string): string | null {
  const interpreters = ["/usr/bin/python3", onPath("python3")].filter((path) => path !== null);
  const imports = (path: string) =>
    spawnSync(path, ["-c", `import ${module}`], { stdio: "ignore", timeout: importLimitMs }).status === 0;
  return interpreters.find(imports) ?? null;
}
