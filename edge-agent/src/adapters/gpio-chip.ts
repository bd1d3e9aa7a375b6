import { closeSync, openSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { isGpio } from "@loa/shared/device/profile.ts";
import type { Log } from "@loa/shared/kernel/ambient.ts";
import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import type { Conversation } from "../devices/conversation.ts";
import { createGpioConversation } from "../devices/gpio-conversation.ts";
import type { GpioPins, WantedPins } from "../devices/gpio-pins.ts";
import type { ShelvedDevice } from "../devices/shelf.ts";
import {
  CHIP_INFO_BYTES,
  chipLabelOf,
  fdOf,
  ioctls,
  levelOf,
  lineInfoRequest,
  lineNameOf,
  lineRequest,
  lineValues,
} from "./gpio-abi.ts";

/** The kernel's own calls; negative is failure. */
export interface GpioKernel {
  /** Device files that may be chips. */
  chipFiles(): readonly string[];
  /** Null where it cannot be opened. */
  open(path: string): number | null;
  ioctl(fd: number, request: number, argument: Buffer): number;
  close(fd: number): void;
}

/**
 * The pins of a chip through the kernel's character device: no library of ours or others stands between. Not proven on
 * a chip by us; see the README of this room.
 */
export function createGpioPins(kernel: GpioKernel, file: string | null, log: Log): GpioPins {
  let chip: number | null = null;
  const lines = new Map<number, number>();

  function close(): void {
    for (const fd of lines.values()) kernel.close(fd);
    lines.clear();
    if (chip !== null) kernel.close(chip);
    chip = null;
  }

  /** By its label: the number of the device file changes between kernels. */
  function findChip(labels: WantedPins["chips"]): number | null {
    for (const path of file === null ? kernel.chipFiles() : [file]) {
      const fd = kernel.open(path);
      if (fd === null) continue;
      const info = Buffer.alloc(CHIP_INFO_BYTES);
      if (kernel.ioctl(fd, ioctls.chipInfo, info) >= 0 && labels.includes(chipLabelOf(info))) return fd;
      kernel.close(fd);
    }
    return null;
  }

  function nameOf(from: number, line: number): string | null {
    const info = lineInfoRequest(line);
    return kernel.ioctl(from, ioctls.lineInfo, info) >= 0 ? lineNameOf(info) : null;
  }

  return {
    open({ chips, names, pins }) {
      close();
      const found = findChip(chips);
      if (found === null) return fail("closed");
      chip = found;
      // Another board with the same chip has other names on its lines. An output is driven from the moment it is
      // taken: before the names agree, none is.
      if (names.some(({ line, name }) => nameOf(found, line) !== name)) {
        close();
        return fail("wrong-identity");
      }
      for (const pin of pins) {
        const request = lineRequest(pin);
        if (kernel.ioctl(found, ioctls.getLine, request) < 0) {
          log.warn("gpio.line-taken", { line: pin.line });
          close();
          return fail("closed");
        }
        lines.set(pin.line, fdOf(request));
      }
      return ok(undefined);
    },
    level(line): Result<0 | 1, "closed"> {
      const fd = lines.get(line);
      const values = lineValues(0);
      if (fd === undefined || kernel.ioctl(fd, ioctls.getValues, values) < 0) return fail("closed");
      return ok(levelOf(values));
    },
    setLevel(line, level) {
      const fd = lines.get(line);
      if (fd === undefined || kernel.ioctl(fd, ioctls.setValues, lineValues(level)) < 0)
        return fail("closed");
      return ok(undefined);
    },
    close,
  };
}

/** Linux itself. */
export function linuxGpio(): GpioKernel {
  // Only who has pins pays for the way to the kernel.
  const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
  const ioctl = koffi.load("libc.so.6").func("int ioctl(int fd, unsigned long request, void *argument)");
  return {
    chipFiles: () =>
      readdirSync("/dev")
        .filter((name) => /^gpiochip\d+$/.test(name))
        .map((name) => `/dev/${name}`),
    open(path) {
      try {
        return openSync(path, "r+");
      } catch {
        return null;
      }
    },
    ioctl: (fd, request, argument) => Number(ioctl(fd, request, argument)),
    close: closeSync,
  };
}

/** For a device of the shelf whose line is `gpio:` or `gpio:/dev/gpiochipN`. */
export function openGpio({ alias, profile, line }: ShelvedDevice, log: Log): Conversation {
  if (!isGpio(profile)) throw new Error(`${alias}: ${profile.transport.kind} is not spoken on pins`);
  const file = line.slice("gpio:".length);
  return createGpioConversation(profile, createGpioPins(linuxGpio(), file === "" ? null : file, log));
}
