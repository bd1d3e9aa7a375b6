import { closeSync, constants, openSync } from "node:fs";
import type { ReadStream } from "node:tty";
import * as nodePty from "@lydell/node-pty";

/** Two paths that are the ends of one serial cable: what is written into one is read at the other. */
export interface PtyPair {
  readonly ends: readonly [string, string];
  close(): void;
}

/** The part of node-pty that its types leave out (`UnixTerminal.open`, unixTerminal.js). */
interface OpenPty {
  readonly master: ReadStream & { write(bytes: Uint8Array): boolean };
  readonly slave: ReadStream;
  readonly ptsName: string;
}
const { open } = nodePty as unknown as { open(options: { encoding: null }): OpenPty };

/** A pty knows no baud rate: bytes arrive at once. */
export function openPtyPair(): PtyPair {
  const [first, second] = [openRaw(), openRaw()];
  let isClosed = false;
  first.master.on("data", (bytes: Uint8Array) => second.master.write(bytes));
  second.master.on("data", (bytes: Uint8Array) => first.master.write(bytes));
  return {
    ends: [first.ptsName, second.ptsName],
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const { master, holder } of [first, second]) {
        master.destroy();
        closeSync(holder);
      }
    },
  };
}

/**
 * node-pty's own stream of the slave side would eat the bytes, even paused. A plain descriptor instead keeps the pty
 * alive while nobody else has opened its path.
 */
function openRaw(): OpenPty & { readonly holder: number } {
  const pty = open({ encoding: null });
  pty.slave.setRawMode(true);
  const holder = openSync(pty.ptsName, constants.O_RDWR | constants.O_NOCTTY);
  pty.slave.destroy();
  pty.master.on("error", () => pty.master.destroy());
  return { ptsName: pty.ptsName, master: pty.master, slave: pty.slave, holder };
}
