/** Runs until it ends by itself; when the signal comes first, `stop` is called to bring the end about. */
export async function whileWanted<Value>(
  signal: AbortSignal,
  stop: () => void,
  run: () => Promise<Value>,
): Promise<Value> {
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await run();
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
