import { createTcpLink } from "@loa/edge-agent/adapters/tcp-link.ts";
import { createUdpLink } from "@loa/edge-agent/adapters/udp-link.ts";
import type { ByteLink } from "@loa/edge-agent/devices/byte-link.ts";
import { isModbus, isText, type Profile } from "@loa/shared/device/profile.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import type { MeterReading } from "../virtual-device/signal-path.ts";
import { startVirtualDevice } from "../virtual-device/start.ts";
import { startTextLine } from "../virtual-device/text-start.ts";
import type { VirtualDevice } from "../virtual-device/virtual-device.ts";

/** The virtual amplifier of a live box, in whatever language its profile speaks. */
export interface LiveAmplifier extends Pick<VirtualDevice, "setFault" | "setFaults"> {
  /** A new line to it, not yet opened. */
  newLink(): ByteLink;
  close(): Promise<void>;
}

export interface LiveAmplifierOptions {
  readonly profile: Profile;
  readonly meter: () => MeterReading;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly seed: number;
}

const host = "127.0.0.1";

/** Serial devices are reached as through a gateway: their frames run over TCP. Rejects for what has no line at all. */
export async function startLiveAmplifier(options: LiveAmplifierOptions): Promise<LiveAmplifier> {
  const { profile, meter, ...around } = options;
  if (isModbus(profile)) {
    const started = await startVirtualDevice({
      ...options,
      profile,
      transport: { kind: "tcp", host, port: 0 },
    });
    const { address, setFault, setFaults, close } = started;
    if (address.kind !== "tcp") throw new Error("the virtual amplifier listens on TCP here");
    return { newLink: () => createTcpLink(address), setFault, setFaults, close };
  }
  if (!isText(profile)) throw new Error(`${profile.id}: pins of a chip have no line to be simulated on`);
  const kind = profile.transport.kind === "text-udp" ? "udp" : "tcp";
  const transport = { kind, host, port: 0 } as const;
  const { port, devices, close } = await startTextLine({ transport, units: [{ profile, meter }], ...around });
  const [device] = devices;
  if (port === null || device === undefined) throw new Error("a line of one unit has one device and a port");
  const newLink = () => (kind === "udp" ? createUdpLink({ host, port }) : createTcpLink({ host, port }));
  return { newLink, setFault: device.setFault, setFaults: device.setFaults, close };
}
