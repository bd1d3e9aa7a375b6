import { Agent as PlainAgent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { connect, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { aroundConnections, aroundStream, type Traffic } from "@loa/shared/wire/traffic.ts";
import { createSocketMeter, type SocketMeter } from "./socket-meter.ts";

/** As the agents of Node itself: what is not asked for again soon is closed. */
const KEPT = { keepAlive: true, timeout: 5_000 } as const;

/** Connections for HTTP that are kept for the next request, and counted. */
export interface MeteredHttp {
  readonly plain: PlainAgent;
  readonly tls: TlsAgent;
  traffic(): Traffic;
  close(): void;
}

export function createMeteredHttp(): MeteredHttp {
  const meter = createSocketMeter();
  const plain = new MeteredPlain(meter);
  const tls = new MeteredTls(meter);
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

class MeteredPlain extends PlainAgent {
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
class MeteredTls extends TlsAgent {
  readonly #meter: SocketMeter;

  constructor(meter: SocketMeter) {
    super(KEPT);
    this.#meter = meter;
  }

  override createConnection(options: Opening[0], done: Opening[1]): Duplex | null | undefined {
    const carrier = connect({ host: options.host ?? "localhost", port: Number(options.port) });
    const socket = super.createConnection({ ...options, ...{ socket: carrier } }, done);
    if (socket instanceof Socket) this.#meter.watch(socket, carrier);
    return socket;
  }
}
