/** How the operating system and SQLite say it; on each the driver's error carries the code. */
const codes: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL"]);

/** Whether a write failed for want of room: the one failure of the store that the person in front of it can mend. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && codes.has(error.code);
}
