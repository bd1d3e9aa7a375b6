import type { WayEnd } from "./way.ts";

/** What ffmpeg is told, and what of the server's side we listen to. */
export interface Dialect {
  readonly defaultPort: number;
  readonly isSecure: boolean;
  /** Options and address for ffmpeg, which finds the server at `port` of the loopback. */
  words(port: number): readonly string[];
  /** A listener for one connection. */
  listen(): DialectListener;
}

export interface DialectListener {
  /** False: the decoder must not hear this. */
  admit(bytes: Buffer): boolean;
  /** What it means when the decoder ended without a sample. */
  readonly silentEnd: WayEnd;
}
