import { listen, type SoundOf } from "./listen.ts";
import { type SimControl, simulate } from "./sim-routes.ts";

export interface DoorParts {
  /** The controller's own answer. */
  readonly controller: (request: Request) => Promise<Response>;
  /** `http://127.0.0.1:8080`, as operators see it. */
  readonly origin: () => string;
  readonly soundOf: SoundOf;
  readonly sim: SimControl;
  readonly monotonicMs: () => number;
}

/** Who has signed out hears no longer than this. */
const KNOWN_MS = 5_000;
const MAX_KNOWN = 100;

/** What the live province answers itself, before the controller is asked; null for everything else. */
export function createDoor(parts: DoorParts): (request: Request) => Promise<Response | null> {
  const refusalOf = createSessionCheck(parts);
  return async (request) => {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/content/")) return withOwnHost(request, url, parts);
    const isSim = url.pathname.startsWith("/sim/");
    if (!isSim && !url.pathname.startsWith("/listen/")) return null;
    const refusal = await refusalOf(request, isSim && request.method !== "GET");
    if (refusal !== null) return refusal;
    const answer = isSim
      ? await simulate(request, parts.sim)
      : await listen(url, request.signal, parts.soundOf);
    return answer ?? new Response("not found", { status: 404 });
  };
}

/**
 * The controller says whether this is an operator: it knows sessions and hosts, and we do not. Whoever listens many times
 * a second is not asked for each time: that would use up what the same person may ask in an emergency.
 */
function createSessionCheck(
  parts: DoorParts,
): (request: Request, isChange: boolean) => Promise<Response | null> {
  const known = new Map<string, number>();
  return async ({ headers }, isChange) => {
    if (isChange && !isOwnOrigin(headers.get("origin"), parts.origin()))
      return new Response("bad origin", { status: 403 });
    const cookie = headers.get("cookie") ?? "";
    const host = headers.get("host") ?? "";
    const name = JSON.stringify([cookie, host]);
    if (parts.monotonicMs() - (known.get(name) ?? Number.NEGATIVE_INFINITY) < KNOWN_MS) return null;
    const asked = new Request(`${parts.origin()}/api/v1/session`, { headers: { cookie, host } });
    const answer = await parts.controller(asked);
    if (!answer.ok) return answer;
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(name, parts.monotonicMs());
    return null;
  };
}

/** People come by the loopback's name, for passkeys know no addresses; programs by its address. */
function isOwnOrigin(told: string | null, own: string): boolean {
  const { port } = new URL(own);
  return told === own || told === `http://localhost:${port}`;
}

/** Boxes come through their own cables, each with another port in its Host header. */
async function withOwnHost(request: Request, url: URL, parts: DoorParts): Promise<Response | null> {
  const own = new URL(parts.origin()).host;
  if (request.headers.get("host") === own) return null;
  const headers = new Headers(request.headers);
  headers.set("host", own);
  return parts.controller(
    new Request(`${parts.origin()}${url.pathname}${url.search}`, { method: request.method, headers }),
  );
}
