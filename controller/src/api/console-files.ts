import { serveStatic } from "@hono/node-server/serve-static";
import type { Context } from "hono";

/** Built files carry a hash in their name; the page itself does not. */
const NEVER_CHANGES = "public, max-age=31536000, immutable";

/** Serves the console's files, and its page for every other address that a browser opens. Null: not for us. */
export function consoleFiles(folder: string): (c: Context) => Promise<Response | null> {
  const file = serveStatic({ root: folder });
  const page = serveStatic({ root: folder, path: "index.html" });
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
    if (!(c.req.header("accept") ?? "").includes("text/html")) return null;
    const shown = await page(c, nothing);
    if (!(shown instanceof Response)) return null;
    shown.headers.set("cache-control", "no-cache");
    return shown;
  };
}

function isOfPrograms(path: string): boolean {
  return (
    /^\/(api|content|healthz|metrics|listen|sim|assets)(\/|$)/.test(path) && !path.startsWith("/assets/")
  );
}
