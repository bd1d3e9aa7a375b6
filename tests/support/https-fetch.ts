import { request } from "node:https";

/** `fetch` for a server whose certificate is of a private authority, which the one of Node cannot be told. */
export function fetchBelieving(ca: string): (asked: Request) => Promise<Response> {
  return async (asked) => {
    const body = Buffer.from(await asked.arrayBuffer());
    return await new Promise((resolve, reject) => {
      const headers = Object.fromEntries(asked.headers);
      const sent = request(asked.url, { method: asked.method, headers, ca, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const told = new Headers();
          for (const [name, values] of Object.entries(answer.headersDistinct))
            for (const value of values ?? []) told.append(name, value);
          const status = answer.statusCode ?? 500;
          const isEmpty = status === 204 || status === 304;
          resolve(new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers: told }));
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  };
}
