import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../..");
const web = join(root, "controller/web");
const dist = join(web, "dist");
/** Where the finished build waits for its place: on the same disk, so that the move is one rename. */
const workshop = join(root, "node_modules/.cache/loa-web");

/** What the page is made of: its own files, and the language it shares with the controller. */
const sources = ["index.html", "approve.html", "vite.config.ts", "src", "public"].map((name) =>
  join(web, name),
);
const sharedSources = join(root, "shared/src");

/**
 * The folder of the built console, built now when it is missing or older than its sources. About a second;
 * nothing but a look at the files when it is up to date. A build takes its place in one step, so whoever reads
 * the folder meanwhile sees the old page or the new one.
 */
export async function ensureWebBuilt(): Promise<string> {
  if (await isUpToDate()) return dist;
  const fresh = join(workshop, String(process.pid));
  await mkdir(workshop, { recursive: true });
  // Vite takes a third of a second to load, which only a build is worth.
  const { build } = await import("vite");
  await build({
    configFile: join(web, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: fresh, emptyOutDir: true },
  });
  await takePlace(fresh, `${fresh}-old`);
  return dist;
}

/** Two that build at once do not meet: nobody removes what lies in its place, and whoever comes second has built the same. */
async function takePlace(fresh: string, old: string): Promise<void> {
  await rename(dist, old).catch(unless("ENOENT"));
  await rename(fresh, dist).catch(unless("ENOTEMPTY", "EEXIST"));
  for (const left of [old, fresh]) await rm(left, { recursive: true, force: true });
}

function unless(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error && "code" in error && codes.some((code) => code === error.code)))
      throw error;
  };
}

async function isUpToDate(): Promise<boolean> {
  const builtAt = await changedAt(join(dist, "index.html"));
  if (builtAt === null) return false;
  const newest = await Promise.all([...sources, sharedSources].map(newestIn));
  return Math.max(...newest) <= builtAt;
}

/** Milliseconds of the newest change in a file or in everything below a folder. */
async function newestIn(path: string): Promise<number> {
  const own = (await changedAt(path)) ?? 0;
  const entries = await readdir(path, { recursive: true }).catch(() => []);
  const inside = await Promise.all(entries.map(async (name) => (await changedAt(join(path, name))) ?? 0));
  return Math.max(own, ...inside);
}

async function changedAt(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found === null ? null : found.mtimeMs;
}
