/** The Host header of a request; `guardHost` looks at it before anybody else. */
export function hostOf(request: Request): string {
  return request.headers.get("host") ?? new URL(request.url).host;
}

/**
 * Whoever listens on every address has no name of its own to tell: then boxes go on using the one by which they came.
 */
export function asReached(url: string, host: string): string {
  const told = new URL(url);
  if (told.hostname !== "0.0.0.0" && told.hostname !== "[::]") return url;
  told.hostname = new URL(`http://${host}`).hostname;
  return told.href.replace(/\/$/, "");
}
