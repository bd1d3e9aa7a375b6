import type { Dialect } from "./dialect.ts";
import type { WayEnd } from "./way.ts";

/** ffmpeg keeps no more of a line. */
const LINE_LIMIT_CHARS = 4_096;
const PROTOCOL = "RTSP/";
/** What ffmpeg takes for a status line: any version, any white space, and of the second word what `atoi` makes of it. */
const STATUS_WORD = /RTSP\/[^ \t\n]*[ \t]+([^ \t\n]*)(?=[ \t\n])/g;

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

/**
 * ffmpeg would follow a redirect to wherever it leads, so the decoder never hears of one, in whatever spelling and
 * however late: a number that is not plainly one of another answer (RFC 2326, section 7.1.1) counts as one.
 */
export function createRtspListener() {
  let overlap = "";
  let hasHeard = false;
  let isOther = false;
  let isRedirected = false;
  let status = 0;

  return {
    admit(bytes: Buffer): boolean {
      // ffmpeg drops carriage returns wherever they stand.
      const text = overlap + bytes.toString("latin1").replaceAll("\r", "");
      if (!hasHeard && !text.startsWith(PROTOCOL.slice(0, text.length))) isOther = true;
      hasHeard = true;
      for (const [, word = ""] of text.matchAll(STATUS_WORD)) {
        if (/^[1245]\d\d$/.test(word)) status = Number(word);
        else if (/^[+-]?\d/.test(word)) isRedirected = true;
      }
      overlap = unfinished(text);
      if (overlap.length > LINE_LIMIT_CHARS) isOther = true;
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

/** A line that began like a status line and may go on in the next piece; else what could be the beginning of one. */
function unfinished(text: string): string {
  const begin = text.lastIndexOf(PROTOCOL);
  const isOpen = begin >= 0 && !text.includes("\n", begin);
  return isOpen ? text.slice(begin) : text.slice(1 - PROTOCOL.length);
}
