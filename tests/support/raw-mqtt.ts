import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Bytes of MQTT 3.1.1 as a hostile or careless client may send them; nothing here checks what it builds. */

export function frame(firstByte: number, ...body: readonly Buffer[]): Buffer {
  const content = Buffer.concat(body);
  return Buffer.concat([header(firstByte, content.length), content]);
}

/** First byte and announced length; the body may never come. */
export function header(firstByte: number, announcedBytes: number): Buffer {
  const bytes = [firstByte];
  let rest = announcedBytes;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return Buffer.from(bytes);
}

/** A length-prefixed field; a Buffer may hold broken UTF-8. */
export function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(bytes.length);
  return Buffer.concat([prefix, bytes]);
}

export interface ConnectFields {
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly clean?: boolean;
  readonly keepaliveS?: number;
  readonly will?: { readonly topic: string | Buffer; readonly payload: string };
}

export function connectFrame(fields: ConnectFields): Buffer {
  const { clientId, username = clientId, password = "", clean = true, keepaliveS = 60, will } = fields;
  const flags = 0xc0 | (clean ? 0x02 : 0) | (will === undefined ? 0 : 0x04);
  const willFields = will === undefined ? [] : [field(will.topic), field(will.payload)];
  const fixed = Buffer.from([4, flags, keepaliveS >> 8, keepaliveS & 0xff]);
  return frame(0x10, field("MQTT"), fixed, field(clientId), ...willFields, field(username), field(password));
}

export function publishFrame(
  topic: string | Buffer,
  payload: string | Buffer,
  qos = 0,
  packetId = 1,
): Buffer {
  const id = qos === 0 ? Buffer.alloc(0) : Buffer.from([packetId >> 8, packetId & 0xff]);
  return frame(0x30 | (qos << 1), field(topic), id, Buffer.from(payload));
}

export function subscribeFrame(topics: readonly (string | Buffer)[], packetId = 1, qos = 1): Buffer {
  const asked = topics.flatMap((topic) => [field(topic), Buffer.from([qos])]);
  return frame(0x82, Buffer.from([packetId >> 8, packetId & 0xff]), ...asked);
}

export function unsubscribeFrame(topics: readonly (string | Buffer)[], packetId = 1): Buffer {
  return frame(0xa2, Buffer.from([packetId >> 8, packetId & 0xff]), ...topics.map(field));
}

/** PUBACK, PUBREC, PUBREL or PUBCOMP, by its first byte. */
export function answerFrame(firstByte: 0x40 | 0x50 | 0x62 | 0x70, packetId: number): Buffer {
  return frame(firstByte, Buffer.from([packetId >> 8, packetId & 0xff]));
}

/** What a PUBLISH says. */
export function readPublish({ firstByte, body }: RawFrame) {
  const topicEnd = 2 + body.readUInt16BE(0);
  const qos = (firstByte >> 1) & 3;
  return {
    topic: body.toString("utf8", 2, topicEnd),
    payload: body.toString("utf8", topicEnd + (qos === 0 ? 0 : 2)),
    packetId: qos === 0 ? 0 : body.readUInt16BE(topicEnd),
    qos,
    isAgain: (firstByte & 8) !== 0,
    isRetained: (firstByte & 1) !== 0,
  };
}

export const disconnectFrame = frame(0xe0);

export interface RawFrame {
  readonly type: number;
  readonly firstByte: number;
  readonly body: Buffer;
}

/** All whole frames of some bytes. */
export function splitFrames(bytes: Buffer): readonly RawFrame[] {
  const frames: RawFrame[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const firstByte = bytes[at] ?? 0;
    let length = 0;
    let unit = 1;
    let next = at + 1;
    let byte: number;
    do {
      byte = bytes[next] ?? 0;
      length += (byte & 0x7f) * unit;
      unit *= 128;
      next += 1;
    } while (byte >= 0x80);
    if (next + length > bytes.length) break;
    frames.push({ type: firstByte >> 4, firstByte, body: bytes.subarray(next, next + length) });
    at = next + length;
  }
  return frames;
}

export const typeOf = {
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  suback: 9,
  unsuback: 11,
  pingresp: 13,
} as const;

/** A client that is only a socket. */
export class RawClient {
  readonly socket: Socket;
  private received: Buffer = Buffer.alloc(0);
  private readonly waiting = new Set<() => void>();
  isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const wake = () => {
      for (const check of [...this.waiting]) check();
    };
    socket.on("data", (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.isClosed = true;
      wake();
    });
  }

  /** Over a connection that is already up. */
  static over(socket: Socket): RawClient {
    return new RawClient(socket);
  }

  static async open(port: number): Promise<RawClient> {
    const client = new RawClient(connect({ host: "127.0.0.1", port, noDelay: true }));
    await once(client.socket, "connect");
    return client;
  }

  /** Connects and expects to be accepted. */
  static async accepted(port: number, fields: ConnectFields): Promise<RawClient> {
    const client = await RawClient.open(port);
    const code = await client.connect(fields);
    if (code !== 0) throw new Error(`CONNACK ${code} for ${fields.clientId}`);
    return client;
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  frames(): readonly RawFrame[] {
    return splitFrames(this.received);
  }

  /** The return code, or null when the connection ended without one. */
  async connect(fields: ConnectFields): Promise<number | null> {
    this.send(connectFrame(fields));
    const answer = await this.next(typeOf.connack);
    return answer?.body[1] ?? null;
  }

  /** The granted codes, or null when the connection ended instead. */
  async subscribe(topics: readonly (string | Buffer)[], qos = 1): Promise<readonly number[] | null> {
    this.send(subscribeFrame(topics, 1, qos));
    const answer = await this.next(typeOf.suback);
    return answer === null ? null : [...answer.body.subarray(2)];
  }

  /** The `count`th frame of a type, or null when the connection ends first. */
  async next(type: number, count = 1): Promise<RawFrame | null> {
    const found = () => this.frames().filter((one) => one.type === type)[count - 1];
    await this.until(() => found() !== undefined || this.isClosed);
    return found() ?? null;
  }

  /** Waits for a frame of a type and forgets all that has come, for clients that hear very much. */
  async forget(type: number): Promise<RawFrame | null> {
    const found = await this.next(type);
    this.received = Buffer.alloc(0);
    return found;
  }

  async closed(): Promise<void> {
    await this.until(() => this.isClosed);
  }

  cut(): void {
    this.socket.destroy();
  }

  private until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
    });
  }
}
