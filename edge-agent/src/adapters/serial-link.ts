import { existsSync, unwatchFile, watchFile } from "node:fs";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { SerialPort } from "serialport";
import { type ByteLink, type LinkFailure, MAX_UNSENT_BYTES } from "../devices/byte-link.ts";

export interface SerialLinkOptions {
  /** Prefer `/dev/serial/by-id/…`: it survives another order of plugging. */
  readonly path: string;
  readonly baud: number;
  readonly parity: "none" | "even" | "odd";
  readonly stopBits: 1 | 2;
}

/**
 * How often the path is looked at. serialport 13 does not notice a pulled adapter: a hung-up tty reads as 0 bytes and
 * its unix-read.js then reads again for ever, at full speed, until a write fails.
 */
const PRESENCE_CHECK_MS = 1_000;

/** A serial port. serialport cannot steer RS-485 direction: the adapter must do it by itself. */
export function createSerialLink(options: SerialLinkOptions): ByteLink {
  let port: SerialPort | null = null;
  let onData: (bytes: Uint8Array) => void = () => {};
  let onClose: (reason: LinkFailure) => void = () => {};

  const lose = (lost: SerialPort, reason: LinkFailure) => {
    if (port !== lost) return;
    port = null;
    unwatchFile(options.path, checkPresence);
    if (lost.isOpen) lost.close(() => {});
    onClose(reason);
  };

  const checkPresence = ({ nlink }: { readonly nlink: number }) => {
    if (nlink === 0 && port !== null) lose(port, "closed");
  };

  return {
    async open() {
      if (port !== null) return ok(undefined);
      const opened = await openPort(options);
      if (!opened.ok) return opened;
      const current = opened.value;
      port = current;
      current.on("data", (bytes: Uint8Array) => {
        if (port === current) onData(bytes);
      });
      current.on("close", () => lose(current, "closed"));
      current.on("error", () => lose(current, "closed"));
      watchFile(options.path, { interval: PRESENCE_CHECK_MS, persistent: false }, checkPresence);
      return ok(undefined);
    },
    async close() {
      const closing = port;
      port = null;
      unwatchFile(options.path, checkPresence);
      if (closing?.isOpen) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
    write(bytes) {
      if (port === null) return;
      if (port.writableLength + bytes.length > MAX_UNSENT_BYTES) lose(port, "stalled");
      else port.write(bytes);
    },
    onData(listener) {
      onData = listener;
    },
    onClose(listener) {
      onClose = listener;
    },
  };
}

function openPort(options: SerialLinkOptions): Promise<Result<SerialPort, LinkFailure>> {
  return new Promise((resolve) => {
    const port = new SerialPort({
      path: options.path,
      baudRate: options.baud,
      dataBits: 8,
      parity: options.parity,
      stopBits: options.stopBits,
      // Two programs on one line would read each other's answers.
      lock: true,
      autoOpen: false,
    });
    // serialport reports refusals in prose only, so the path is asked instead.
    port.open((error) => {
      if (error === null) resolve(ok(port));
      else resolve(fail(existsSync(options.path) ? "refused" : "not-found"));
    });
  });
}
