import { useEffect, useState } from "preact/hooks";

/** Nobody reads in less; and a hand that was on its way to another text has come down by then, ms. */
const SEEN_AT_LEAST_MS = 2_000;

/**
 * Whether what stands here has been before the person's eyes for a moment. Whoever has opened the window can load it anew
 * with another text, or bring it to the front, just as somebody presses.
 */
export function useInSight(): boolean {
  const [isInSight, setInSight] = useState(false);
  useEffect(() => {
    let seen: ReturnType<typeof setTimeout> | undefined;
    const begin = () => {
      clearTimeout(seen);
      setInSight(false);
      seen = setTimeout(() => setInSight(true), SEEN_AT_LEAST_MS);
    };
    begin();
    addEventListener("focus", begin);
    return () => {
      clearTimeout(seen);
      removeEventListener("focus", begin);
    };
  }, []);
  return isInSight;
}
