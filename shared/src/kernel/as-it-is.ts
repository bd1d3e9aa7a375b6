/**
 * A line that others have typed, for whoever signs what it says: what moves a cursor, wipes a line or turns words round
 * (Unicode UAX #9, `Bidi_Control`) is seen as such, and does nothing.
 */
export function asItIs(line: string): string {
  return line.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, "\uFFFD");
}
