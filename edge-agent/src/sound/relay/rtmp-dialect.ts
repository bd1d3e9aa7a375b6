import type { Dialect } from "./dialect.ts";
import type { WayEnd } from "./way.ts";

/** The first byte of a server is its version (Adobe, RTMP 1.0, section 5.2.2). */
const VERSION = 3;
/** Handshake and the answer to `connect`, in which a redirect would stand. */
const LISTEN_BYTES = 16_384;
const REDIRECT = "redirect";

/**
 * The server sees its own address in `tcUrl`, by which it tells its virtual hosts apart; only the connection goes
 * through our port. RTMPS is TLS of ours around it.
 */
export function rtmpDialect(address: URL): Dialect {
  const { app, playPath } = splitPath(`${address.pathname}${address.search}`);
  const isSecure = address.protocol === "rtmps:";
  return {
    defaultPort: isSecure ? 443 : 1_935,
    isSecure,
    words: (port) => [
      ...["-protocol_whitelist", "rtmp,tcp", "-rtmp_live", "live"],
      ...["-rtmp_tcurl", `${address.protocol}//${address.host}/${app}`, "-rtmp_app", app],
      ...["-rtmp_playpath", playPath, "-i", `rtmp://127.0.0.1:${port}/${app}/${playPath}`],
    ],
    listen: createRtmpListener,
  };
}

/** `/app/name` or `/app/instance/name`, as ffmpeg and the usual servers divide it. */
export function splitPath(path: string): { readonly app: string; readonly playPath: string } {
  const [first = "", second = "", ...rest] = path.replace(/^\//, "").split("/");
  if (rest.length === 0) return { app: first, playPath: second };
  return { app: `${first}/${second}`, playPath: rest.join("/") };
}

function createRtmpListener() {
  let heardBytes = 0;
  let overlap = "";
  let isOther = false;
  let isRedirected = false;

  return {
    admit(bytes: Buffer): boolean {
      if (heardBytes > LISTEN_BYTES) return true;
      if (heardBytes === 0 && bytes[0] !== VERSION) isOther = true;
      heardBytes += bytes.length;
      const text = overlap + bytes.toString("latin1");
      overlap = text.slice(-REDIRECT.length);
      if (text.includes(REDIRECT)) isRedirected = true;
      return !isOther && !isRedirected;
    },
    get silentEnd(): WayEnd {
      if (isRedirected) return "not-allowed";
      // A name that nobody publishes to ends the same way, and may begin any minute.
      return isOther ? "wrong-format" : "lost";
    },
  };
}
