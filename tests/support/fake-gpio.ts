import { ioctls, requestPlaces } from "@loa/edge-agent/adapters/gpio-abi.ts";
import type { GpioKernel } from "@loa/edge-agent/adapters/gpio-chip.ts";

const LABEL_AT = 32;
const LINE_AT = 64;

export interface FakeChip {
  readonly label: string;
  readonly names: ReadonlyMap<number, string>;
  /** Volts at each line, 0 or 1. */
  readonly levels: Map<number, 0 | 1>;
  /** Lines that somebody else holds. */
  readonly taken: ReadonlySet<number>;
}

/** A kernel with chips of its own, that reads and writes the same bytes. */
export function createFakeGpio(chips: ReadonlyMap<string, FakeChip>): GpioKernel & { openFds(): number } {
  const open = new Map<number, { readonly chip: FakeChip; readonly line: number | null }>();
  let nextFd = 100;
  const opened = (chip: FakeChip, line: number | null) => {
    nextFd += 1;
    open.set(nextFd, { chip, line });
    return nextFd;
  };

  function ofChip(chip: FakeChip, request: number, argument: Buffer): number {
    if (request === ioctls.chipInfo) return argument.write(chip.label, LABEL_AT) * 0;
    if (request === ioctls.lineInfo)
      return argument.write(chip.names.get(argument.readUInt32LE(LINE_AT)) ?? "", 0) * 0;
    const line = argument.readUInt32LE(requestPlaces.offsets);
    if (request !== ioctls.getLine || chip.taken.has(line)) return -1;
    const isOutput = (argument.readBigUInt64LE(requestPlaces.configFlags) & 8n) !== 0n;
    if (isOutput)
      chip.levels.set(line, argument.readBigUInt64LE(requestPlaces.configAttributes + 8) === 1n ? 1 : 0);
    argument.writeInt32LE(opened(chip, line), requestPlaces.fd);
    return 0;
  }

  return {
    chipFiles: () => [...chips.keys()],
    open(path) {
      const chip = chips.get(path);
      return chip === undefined ? null : opened(chip, null);
    },
    ioctl(fd, request, argument) {
      const found = open.get(fd);
      if (found === undefined) return -1;
      const { chip, line } = found;
      if (line === null) return ofChip(chip, request, argument);
      if (request === ioctls.getValues) argument.writeBigUInt64LE(BigInt(chip.levels.get(line) ?? 0), 0);
      else if (request === ioctls.setValues)
        chip.levels.set(line, argument.readBigUInt64LE(0) === 1n ? 1 : 0);
      else return -1;
      return 0;
    },
    close(fd) {
      open.delete(fd);
    },
    openFds: () => open.size,
  };
}
