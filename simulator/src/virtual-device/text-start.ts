import type { TextProfile } from "@loa/shared/device/profile-text.ts";
import type { Clock, Timers } from "@loa/shared/kernel/ambient.ts";
import { createSeededRandom } from "../virtual/random.ts";
import { type FrontTransport, openFront } from "./front.ts";
import type { MeterReading } from "./signal-path.ts";
import { createTextSpeaker, type TextSpeaker } from "./text-speaker.ts";
import { openUdpFront } from "./text-udp-front.ts";
import { createVirtualDevice, type VirtualDevice } from "./virtual-device.ts";

export type TextTransport =
  /** `isPacketed`: the link keeps the boundaries of packets. */
  | (FrontTransport & { readonly isPacketed?: boolean })
  | { readonly kind: "udp"; readonly host: string; readonly port: number };

export interface TextUnit {
  readonly profile: TextProfile;
  /** The device's name on the line; the profile's own where it is left out. */
  readonly unit?: string;
  readonly meter: () => MeterReading;
}

export interface TextLineOptions {
  readonly transport: TextTransport;
  readonly units: readonly [TextUnit, ...(readonly TextUnit[])];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly seed: number;
}

export interface StartedTextLine {
  /** Of TCP and UDP; null elsewhere. */
  readonly port: number | null;
  /** In the order of the units. */
  readonly devices: readonly VirtualDevice<TextProfile>[];
  /** As after a power cut: they know nobody any more. */
  reboot(): void;
  close(): Promise<void>;
}

/** Devices on one line that speak lines of text. Rejects when it cannot listen. */
export async function startTextLine(options: TextLineOptions): Promise<StartedTextLine> {
  const { transport, units, clock, timers, seed } = options;
  const random = createSeededRandom(`${seed}`);
  const spoken = units.map(({ profile, meter, ...unit }) => ({
    device: createVirtualDevice({ profile, meter, clock }),
    isPacketed: transport.kind === "udp" || transport.isPacketed === true,
    ...unit,
  }));
  const live = new Set<TextSpeaker>();
  const newSpeaker = (send: (bytes: Uint8Array) => void): TextSpeaker => {
    const speakers = spoken.map((one) => createTextSpeaker({ ...one, send, timers, random }));
    const together: TextSpeaker = {
      receive(bytes) {
        for (const speaker of speakers) speaker.receive(bytes);
      },
      reboot() {
        for (const speaker of speakers) speaker.reboot();
      },
      close() {
        live.delete(together);
        for (const speaker of speakers) speaker.close();
      },
    };
    live.add(together);
    return together;
  };
  const front = await openAny(transport, units[0].profile, newSpeaker);
  return {
    port: front.port,
    devices: spoken.map(({ device }) => device),
    reboot() {
      for (const speaker of live) speaker.reboot();
    },
    async close() {
      for (const speaker of [...live]) speaker.close();
      await front.close();
    },
  };
}

async function openAny(
  transport: TextTransport,
  profile: TextProfile,
  newSpeaker: (send: (bytes: Uint8Array) => void) => TextSpeaker,
): Promise<{ readonly port: number | null; close(): Promise<void> }> {
  if (transport.kind === "udp") return openUdpFront(transport, newSpeaker);
  const { address, close } = await openFront(transport, profile, newSpeaker);
  return { port: address.kind === "tcp" ? address.port : null, close };
}
