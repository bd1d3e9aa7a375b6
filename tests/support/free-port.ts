import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/**
 * A TCP port of the loopback that was free a moment ago. Prefer to let the tested server listen on port 0;
 * this is for programs that must be told a number (mosquitto, `npm start`).
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
