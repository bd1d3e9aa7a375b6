/**
 * Long enough that a loaded machine does not feel watched and an account's requests of a minute last, short enough that
 * nobody waits for us.
 */
const LOOK_EVERY_MS = 100;

/** Looks until there is an answer that is not null, and gives it; after `limitMs` it throws with the name of the wait. */
export async function eventually<Found>(
  what: string,
  limitMs: number,
  look: () => Promise<Found | null> | Found | null,
): Promise<Found> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > giveUpAt) throw new Error(`not within ${limitMs / 1_000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Until it is so. */
export async function eventuallySo(
  what: string,
  limitMs: number,
  isSo: () => Promise<boolean> | boolean,
): Promise<void> {
  await eventually(what, limitMs, async () => ((await isSo()) ? true : null));
}
