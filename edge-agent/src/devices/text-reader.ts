/** What came in, cut into lines. Bytes are taken as Latin-1, so that every byte is one character. */
export interface TextReader {
  /** The lines that these bytes end, without their ends. Empty lines say nothing and are left out. */
  take(bytes: Uint8Array): readonly string[];
  /** A line has begun and not ended. */
  isMidLine(): boolean;
  /** Forgets what has begun. */
  clear(): void;
}

/** The longest exchange of a profile has 480 characters (`profile-text.ts`); a longer line is thrown away to its end. */
const MAX_LINE_CHARS = 512;

/** Where lines end with one of the two, many devices send the other one as well. */
const strayEnds = /^[\r\n\0]+/;

/**
 * `isPacketed`: the link keeps the boundaries of packets (UDP). Then a line never goes on in the next packet, so what
 * has no end is thrown away; with an empty `replyEnd` each packet is one line.
 */
export function createTextReader({
  replyEnd,
  isPacketed,
}: {
  readonly replyEnd: string;
  readonly isPacketed: boolean;
}): TextReader {
  let begun = "";
  let isTooLong = false;

  const keep = (rest: string) => {
    begun = isPacketed ? "" : rest;
    if (begun.length <= MAX_LINE_CHARS) return;
    // Enough of it to find the end, when that comes in two pieces.
    begun = begun.slice(-replyEnd.length);
    isTooLong = true;
  };

  return {
    take(bytes) {
      const parts = replyEnd === "" ? [textOf(bytes), ""] : `${begun}${textOf(bytes)}`.split(replyEnd);
      const ended = parts.slice(0, -1);
      if (isTooLong && ended.length > 0) {
        ended.shift();
        isTooLong = false;
      }
      keep(parts.at(-1) ?? "");
      return ended
        .map((line) => line.replace(strayEnds, ""))
        .filter((line) => line !== "" && line.length <= MAX_LINE_CHARS);
    },
    isMidLine: () => isTooLong || begun.replace(strayEnds, "") !== "",
    clear() {
      begun = "";
      isTooLong = false;
    },
  };
}

export function bytesOfText(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

export function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
