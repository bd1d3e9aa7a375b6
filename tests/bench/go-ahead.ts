import { setPriority } from "node:os";

const AHEAD_OF_OTHERS = -15;

/** What else the machine does is not what is measured; without the right to it the numbers are as they are. */
export function goAhead(): void {
  try {
    setPriority(AHEAD_OF_OTHERS);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`measured at the usual priority: ${why}\n`);
  }
}
