import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { testFolder } from "./temp-folder.ts";

export interface Credentials {
  readonly key: string;
  readonly cert: string;
}

/** A private authority made for one test, and what it signs. */
export interface TestAuthority {
  readonly ca: string;
  issue(commonName: string): Promise<Credentials>;
}

/** Uses the `openssl` program; certificates are valid for a day, and for this name or address (RFC 5280, section 4.2.1.6). */
export async function createTestAuthority(openssl: string, subject = "IP:127.0.0.1"): Promise<TestAuthority> {
  const folder = await testFolder();
  const file = (name: string) => join(folder, name);
  const run = (...args: readonly string[]) => {
    const outcome = spawnSync(openssl, args, { encoding: "utf8" });
    if (outcome.status !== 0) throw new Error(`openssl ${args[0]}: ${outcome.stderr}`);
  };
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const caFiles = ["-keyout", file("ca.key"), "-out", file("ca.pem")];
  run("req", "-x509", ...newKey, ...caFiles, "-days", "1", "-subj", "/CN=Loa test authority");
  await writeFile(file("san"), `subjectAltName=${subject}\n`);
  return {
    ca: await readFile(file("ca.pem"), "utf8"),
    async issue(commonName) {
      const [key, request, cert] = ["key", "csr", "pem"].map((kind) => file(`${commonName}.${kind}`));
      run("req", ...newKey, "-keyout", `${key}`, "-out", `${request}`, "-subj", `/CN=${commonName}`);
      const signer = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"];
      run(
        "x509",
        "-req",
        "-in",
        `${request}`,
        ...signer,
        "-out",
        `${cert}`,
        "-days",
        "1",
        "-extfile",
        file("san"),
      );
      return { key: await readFile(`${key}`, "utf8"), cert: await readFile(`${cert}`, "utf8") };
    },
  };
}
