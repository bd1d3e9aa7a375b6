import type { Dialect } from "./dialect.ts";
import type { WayEnd } from "./way.ts";

/** Answers to the requests before the sound; redirects belong to them (RFC 2326, section 11.3). */
const LISTEN_BYTES = 65_536;
/** Longer than a status line, so that one cut into two pieces is still seen. */
const OVERLAP_CHARS = 32;

/** Sound inside the one TCP connection (RFC 2326, section 10.12): a box behind a 4G modem receives no UDP. */
export function rtspDialect(address: URL): Dialect {
  const login = address.username === "" ? "" : `${address.username}:${address.password}@`;
  const path = `${address.pathname}${address.search}`;
  return {
    defaultPort: 554,
    isSecure: false,
    words: (port) => [
      ...["-protocol_whitelist", "tcp", "-rtsp_transport", "tcp", "-allowed_media_types", "audio"],
      ...["-f", "rtsp", "-i", `rtsp://${login}127.0.0.1:${port}${path}`],
    ],
    listen: createRtspListener,
  };
}

/** ffmpeg would follow a redirect to wherever it leads, so the decoder never hears of one. */
export function createRtspListener() {
  let heardBytes = 0;
  let overlap = "";
  let isOther = false;
  let isRedirected = false;
  let status = 0;

  return {
    admit(bytes: Buffer): boolean {
      if (heardBytes > LISTEN_BYTES) return true;
      const text = overlap + bytes.toString("latin1");
      if (heardBytes === 0 && !text.startsWith("RTSP/".slice(0, text.length))) isOther = true;
      heardBytes += bytes.length;
      overlap = text.slice(-OVERLAP_CHARS);
      for (const match of text.matchAll(/RTSP\/1\.0 (\d{3})/g)) status = Number(match[1]);
      if (status >= 300 && status < 400) isRedirected = true;
      return !isRedirected && !isOther;
    },
    get silentEnd(): WayEnd {
      if (isRedirected) return "not-allowed";
      if (isOther) return "wrong-format";
      if (status === 401 || status === 403) return "unavailable";
      // It promised to play and no sound came out of it; any other answer may change.
      return status === 200 ? "wrong-format" : "lost";
    },
  };
}
