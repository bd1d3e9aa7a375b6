import type { Agent as PlainAgent } from "node:http";
import type { Agent as TlsAgent } from "node:https";
import { connect, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { aroundConnections, aroundStream, type Traffic } from "@loa/shared/wire/traffic.ts";
import type { DoorKeys } from "../tls-identity.ts";
import { requireTrusted, tlsOptions } from "./server-trust.ts";
import { createSocketMeter, type SocketMeter } from "./socket-meter.ts";
import { http, https } from "./web-modules.ts";

/** As the agents of Node itself: what is not asked for again soon is closed. */
const KEPT = { keepAlive: true, timeout: 5_000 } as const;

/** Connections for HTTP that are kept for the next request, and counted. */
export interface MeteredHttp {
  readonly plain: PlainAgent;
  readonly tls: TlsAgent;
  traffic(): Traffic;
  close(): void;
}

/** `doors` is asked at each connect that speaks TLS. */
export function createMeteredHttp(doors: () => DoorKeys | null = () => null): MeteredHttp {
  const meter = createSocketMeter();
  const plain = new MeteredPlain(meter);
  const tls = new MeteredTls(meter, doors);
  return {
    plain,
    tls,
    traffic() {
      const { up, down, tls: records, connections } = meter.total();
      return { up, down, around: records + aroundStream(up + down) + aroundConnections(connections) };
    },
    close() {
      plain.destroy();
      tls.destroy();
    },
  };
}

type Opening = Parameters<PlainAgent["createConnection"]>;

class MeteredPlain extends http.Agent {
  readonly #meter: SocketMeter;

  constructor(meter: SocketMeter) {
    super(KEPT);
    this.#meter = meter;
  }

  override createConnection(...opening: Opening): Duplex | null | undefined {
    const socket = super.createConnection(...opening);
    if (socket instanceof Socket) this.#meter.watch(socket);
    return socket;
  }
}

/** A TLS socket counts what it carries; the connection below it is opened here, so that it can be counted too. */
class MeteredTls extends https.Agent {
  readonly #meter: SocketMeter;
  readonly #doors: () => DoorKeys | null;

  constructor(meter: SocketMeter, doors: () => DoorKeys | null) {
    super(KEPT);
    this.#meter = meter;
    this.#doors = doors;
  }

  override createConnection(options: Opening[0], done: Opening[1]): Duplex | null | undefined {
    const host = options.host ?? "localhost";
    const doors = this.#doors();
    const carrier = connect({ host, port: Number(options.port) });
    const keys = doors === null ? {} : tlsOptions(doors);
    const socket = super.createConnection({ ...options, ...keys, ...{ socket: carrier } }, done);
    if (doors !== null && socket instanceof TLSSocket) requireTrusted(socket, host, doors);
    if (socket instanceof Socket) this.#meter.watch(socket, carrier);
    return socket;
  }
}
