import { readRequest } from "@loa/controller/adapters/x509.ts";
import { judgeRequest } from "@loa/controller/domain/certificates.ts";
import { NEW_BOX_NAME } from "@loa/shared/wire/enrolment.ts";
import { PemConverter } from "@peculiar/x509";
import { expect, test } from "vitest";
import { requestFor } from "../support/certificate-requests.ts";
import { cpuMsOf } from "../support/cpu-time.ts";

const inPem = (bytes: Uint8Array<ArrayBuffer>) => PemConverter.encode(bytes.buffer, "CERTIFICATE REQUEST");

test("a request with a bit turned anywhere gets nothing but what the honest one would have got", async () => {
  const { csr } = await requestFor();
  const honest = await readRequest(csr);
  const der = new Uint8Array(PemConverter.decode(csr)[0] ?? new ArrayBuffer(0));
  expect(der.length).toBeGreaterThan(100);
  let refused = 0;
  for (const [index, byte] of der.entries()) {
    const turned = der.slice();
    turned[index] = byte ^ (1 << (index % 8));
    const facts = await readRequest(inPem(turned));
    if (judgeRequest(facts, NEW_BOX_NAME).ok) expect(facts, `byte ${index}`).toEqual(honest);
    else refused += 1;
  }
  // How a length or a tag is written may differ; what is said may not.
  expect(refused).toBeGreaterThan(der.length * 0.95);
});

test("whatever is no request is refused, and quickly", async () => {
  const noise = Uint8Array.from({ length: 2_000 }, (_, index) => (index * 7_919) % 251);
  const nested = Uint8Array.from({ length: 2_000 }, (_, index) => (index % 2 === 0 ? 0x30 : 0x80));
  const cpuMs = await cpuMsOf(async () => {
    for (const bytes of [noise, nested, new Uint8Array(0), new Uint8Array(2_000).fill(0x30)])
      expect(await readRequest(inPem(bytes))).toBeNull();
  });
  expect(cpuMs).toBeLessThan(1_000);
});
