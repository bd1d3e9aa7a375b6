import { FRAMES_PER_MS } from "../format.ts";

/** Which frame of a stream was captured when, as the stream itself says now and then. */
export interface CaptureTimes {
  /** Frame number `frame` was captured at `wallMs` (milliseconds since 1970, by the source's clock). */
  add(frame: number, wallMs: number): void;
  /** From here on nobody says, until the next `add`. */
  forget(): void;
  /** Wall time of a frame; null where nobody says. */
  at(frame: number): number | null;
}

/** A minute of segments of half a second, which is more than any buffer holds. */
const MARK_LIMIT = 128;

export function createCaptureTimes(): CaptureTimes {
  let marks: { readonly frame: number; readonly wallMs: number }[] = [];
  return {
    add(frame, wallMs) {
      // A new account of the same stretch replaces the old one.
      marks = marks.filter((mark) => mark.frame < frame).slice(-MARK_LIMIT);
      marks.push({ frame, wallMs });
    },
    forget() {
      marks = [];
    },
    at(frame) {
      const mark = marks.findLast((one) => one.frame <= frame) ?? marks[0];
      return mark === undefined ? null : mark.wallMs + (frame - mark.frame) / FRAMES_PER_MS;
    },
  };
}
