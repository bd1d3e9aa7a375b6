import type { Duplex } from "node:stream";
import type { Qos } from "./publish-frame.ts";

/** One connection as Aedes holds it. */
export interface Client {
  readonly conn: Duplex;
  readonly closed: boolean;
}

/** What a client publishes, or its will; that one has no packet id. */
export interface Said {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly qos: Qos;
  readonly retain: boolean;
  readonly messageId?: number | undefined;
}
