import { listen, type SoundOf } from "./listen.ts";
import { type SimControl, simulate } from "./sim-routes.ts";

/** Answers one request; `env` is what the HTTP server knows of the connection. */
export type Answering = (request: Request, env?: object) => Response | Promise<Response>;

export interface FrontParts {
  readonly controller: Answering;
  /** `http://127.0.0.1:8080`, as operators see it. */
  readonly origin: () => string;
  readonly soundOf: SoundOf;
  readonly sim: SimControl;
}

/** The one HTTP door of the live province: loudspeakers and switches of the demo here, all else is the controller's. */
export function createFront(parts: FrontParts): Answering {
  return async (request, env) => {
    const url = new URL(request.url);
    if (url.pathname.startsWith("/content/"))
      return parts.controller(withOwnHost(request, parts.origin()), env);
    const isSim = url.pathname.startsWith("/sim/");
    if (!isSim && !url.pathname.startsWith("/listen/")) return parts.controller(request, env);
    const refusal = await refusalOf(request, parts, isSim && request.method !== "GET", env);
    if (refusal !== null) return refusal;
    const answer = isSim
      ? await simulate(request, parts.sim)
      : await listen(url, request.signal, parts.soundOf);
    return answer ?? new Response("not found", { status: 404 });
  };
}

/** The controller says whether this is an operator: it knows sessions, hosts and origins, and we do not. */
async function refusalOf(
  request: Request,
  { controller, origin }: FrontParts,
  isChange: boolean,
  env: object | undefined,
): Promise<Response | null> {
  const { headers } = request;
  if (isChange && headers.get("origin") !== origin()) return new Response("bad origin", { status: 403 });
  const asked = new Request(`${new URL(request.url).origin}/api/v1/session`, {
    headers: { cookie: headers.get("cookie") ?? "", host: headers.get("host") ?? "" },
  });
  const answer = await controller(asked, env);
  return answer.ok ? null : answer;
}

/** Boxes come through their own cables, each with another port in its Host header. */
function withOwnHost(request: Request, origin: string): Request {
  const url = new URL(request.url);
  const headers = new Headers(request.headers);
  headers.set("host", new URL(origin).host);
  return new Request(`${origin}${url.pathname}${url.search}`, { method: request.method, headers });
}
