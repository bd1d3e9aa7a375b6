import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "hono";
import { serveStatic } from "hono/serve-static";

/** Built files carry a hash in their name; the page itself does not. */
const NEVER_CHANGES = "public, max-age=31536000, immutable";

/**
 * Serves built files and this one page, which every other address shows that a browser opens. Null: not for us. Of the two
 * pages in the folder the other one is not there: it has a site of its own.
 */
export function consoleFiles(
  folder: string,
  pageName: "/index.html" | "/approve.html" = "/index.html",
): (c: Context) => Promise<Response | null> {
  const isOtherPage = (path: string) => path.endsWith(".html") && path !== join(folder, pageName);
  const disk = {
    ...{ root: folder, join, isDir },
    getContent: async (path: string) => (isOtherPage(path) ? null : await getContent(path)),
  };
  const file = serveStatic(disk);
  const page = serveStatic({ ...disk, path: pageName });
  const nothing = () => Promise.resolve();
  return async (c) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return null;
    if (isOfPrograms(c.req.path)) return null;
    const found = c.req.path === "/" ? undefined : await file(c, nothing);
    if (found instanceof Response) {
      const lasts = c.req.path.startsWith("/assets/");
      found.headers.set("cache-control", lasts ? NEVER_CHANGES : "no-cache");
      return found;
    }
    if (c.req.path.endsWith(".html") || !(c.req.header("accept") ?? "").includes("text/html")) return null;
    const shown = await page(c, nothing);
    if (!(shown instanceof Response)) return null;
    shown.headers.set("cache-control", "no-cache");
    return shown;
  };
}

/** Null for what is not there, such as the address of a page. */
async function getContent(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  return await readFile(path).catch(() => null);
}

async function isDir(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function isOfPrograms(path: string): boolean {
  return (
    /^\/(api|content|healthz|metrics|listen|sim|assets)(\/|$)/.test(path) && !path.startsWith("/assets/")
  );
}
