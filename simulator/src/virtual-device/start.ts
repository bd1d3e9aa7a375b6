import { createServer, type Server, type Socket } from "node:net";
import { createSerialLink } from "@loa/edge-agent/adapters/serial-link.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import type { ModbusProfile, TransportKind } from "@loa/shared/device/profile-modbus.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { createSeededRandom } from "../virtual/random.ts";
import type { DeviceFault, MeterReading } from "./device-model.ts";
import { createSlave, type Slave } from "./slave.ts";
import { createVirtualDevice, type DeviceSnapshot } from "./virtual-device.ts";

/** Where the virtual amplifier listens. Port 0 takes a free one; a pty is named by the path of the amplifier's end. */
export type VirtualTransport =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; readonly framing?: TransportKind }
  | { readonly kind: "pty"; readonly path: string }
  | { readonly kind: "link"; readonly link: ByteLink; readonly framing?: TransportKind };

export interface VirtualAmplifierOptions {
  readonly profile: ModbusProfile;
  readonly transport: VirtualTransport;
  /** Unit on the line; the profile's own where it is left out. */
  readonly unit?: number;
  readonly meter: () => MeterReading;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly seed: number;
}

export interface VirtualAmplifier {
  readonly address:
    | { readonly kind: "tcp"; readonly host: string; readonly port: number }
    | { readonly kind: "pty"; readonly path: string }
    | { readonly kind: "link" };
  setFault(fault: DeviceFault | null): void;
  snapshot(): DeviceSnapshot;
  close(): Promise<void>;
}

/** One master is normal, a second one looks on; more than this are turned away. */
const MAX_CONNECTIONS = 4;

/** A device built from a profile that speaks real Modbus bytes. Rejects when it cannot listen. */
export async function startVirtualAmplifier(options: VirtualAmplifierOptions): Promise<VirtualAmplifier> {
  const { profile, transport, timers, clock, meter, seed } = options;
  const device = createVirtualDevice({ profile, meter, clock });
  const random = createSeededRandom(`${seed}`);
  const unit = options.unit ?? profile.transport.unit;
  const kind = ("framing" in transport ? transport.framing : undefined) ?? profile.transport.kind;
  const newSlave = (send: (bytes: Uint8Array) => void) =>
    createSlave({ device, kind, unit, send, timers, random });
  const front =
    transport.kind === "tcp" ? await listen(transport, newSlave) : await attach(transport, profile, newSlave);
  return {
    address: front.address,
    setFault: (fault) => device.setFault(fault),
    snapshot: () => device.snapshot(),
    close: front.close,
  };
}

type Front = Pick<VirtualAmplifier, "address" | "close">;
type NewSlave = (send: (bytes: Uint8Array) => void) => Slave;

async function listen(transport: VirtualTransport & { kind: "tcp" }, newSlave: NewSlave): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    const slave = newSlave((bytes) => {
      if (!socket.destroyed) socket.write(bytes);
    });
    socket.on("data", (bytes) => slave.receive(bytes));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  });
  server.maxConnections = MAX_CONNECTIONS;
  const { host } = transport;
  const port = await listening(server, host, transport.port);
  return {
    address: { kind: "tcp", host, port },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error(`no TCP address: ${address}`));
      else resolve(address.port);
    });
  });
}

async function attach(
  transport: Exclude<VirtualTransport, { kind: "tcp" }>,
  profile: ModbusProfile,
  newSlave: NewSlave,
): Promise<Front> {
  const link = transport.kind === "link" ? transport.link : serialLink(transport.path, profile);
  const slave = newSlave((bytes) => link.write(bytes));
  link.onData((bytes) => slave.receive(bytes));
  const opened = await link.open();
  if (!opened.ok) throw new Error(`the virtual amplifier cannot open its ${transport.kind}: ${opened.error}`);
  const address =
    transport.kind === "link" ? { kind: "link" as const } : { kind: "pty" as const, path: transport.path };
  return { address, close: () => link.close() };
}

function serialLink(path: string, { transport }: ModbusProfile): ByteLink {
  const line =
    transport.kind === "modbus-rtu" ? transport : ({ baud: 9_600, parity: "none", stopBits: 1 } as const);
  return createSerialLink({ path, baud: line.baud, parity: line.parity, stopBits: line.stopBits });
}
