import type { DeviceFailure } from "@loa/shared/device/capability.ts";
import type { GpioPoint, GpioProfile } from "@loa/shared/device/profile-gpio.ts";
import type { Result } from "@loa/shared/kernel/result.ts";

/** The lines of one chip, as levels: 1 is the supply's voltage, whatever it means. */
export interface GpioPins {
  /**
   * Finds the chip and takes the lines; what was open before is given back. `closed`: there is no such chip, or a line
   * is held by somebody else; `wrong-identity`: another board, of which no line was taken.
   */
  open(wanted: WantedPins): Result<void, DeviceFailure>;
  level(line: number): Result<0 | 1, DeviceFailure>;
  setLevel(line: number, level: 0 | 1): Result<void, DeviceFailure>;
  close(): void;
}

export interface WantedPins {
  /** Labels that the chip may have. */
  readonly chips: GpioProfile["transport"]["chips"];
  /** What the board must call its lines. */
  readonly names: GpioProfile["identify"];
  readonly pins: readonly WantedPin[];
}

export interface WantedPin {
  readonly line: number;
  readonly bias: GpioPoint["bias"];
  /** A contact rests this long before it counts, ms. */
  readonly settleMs: number;
  /** Of an output: its level from the first moment on; null: an input. */
  readonly startLevel: 0 | 1 | null;
}
