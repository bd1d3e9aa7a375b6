import { connect, createServer } from "node:net";
import { join } from "node:path";

/**
 * The far side of a lossy link, in a network namespace of its own: what comes in at a socket in the file system (those
 * are shared by all namespaces) goes over the link to HOST:PORT.
 */
const [folder = "", host = "", port = ""] = process.argv.slice(2);

const server = createServer((near) => {
  const far = connect({ host, port: Number(port), noDelay: true });
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on("error", () => {});
    one.once("close", () => other.destroy());
    one.pipe(other);
  }
});
server.listen(join(folder, "far-end"), () => process.stdout.write("ready\n"));
// Whoever started us is gone.
process.stdin.resume().once("end", () => process.exit(0));
