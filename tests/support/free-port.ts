import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below what Linux and macOS give to whoever asks for port 0: there another test takes the port at any moment. */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const TRIES = 50;

/**
 * A TCP port of the loopback that was free a moment ago. Prefer to let the tested server listen on port 0;
 * this is for programs that must be told a number (mosquitto, `npm start`).
 */
export async function freePort(): Promise<number> {
  for (let left = TRIES; left > 0; left -= 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST_PORT} to ${LAST_PORT}`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  const begun = once(server, "listening").then(
    () => true,
    () => false,
  );
  if (!(await begun)) return false;
  server.close();
  await once(server, "close");
  return true;
}
