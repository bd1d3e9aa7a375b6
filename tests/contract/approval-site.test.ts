import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { approvalUrlOf, approvalUrlProblem } from "@loa/controller/approval-url.ts";
import { pagesOrigin } from "@loa/controller/web/approve/pages-origin.ts";
import { describe, expect, it } from "vitest";
import { createApiWorld } from "../support/api-world.ts";
import { testFolder } from "../support/temp-folder.ts";

describe("the site of approvals", () => {
  it.each([
    ["https://loa.example.vn", "https://approve.loa.example.vn"],
    ["https://loa.example.vn:8443", "https://approve.loa.example.vn:8443"],
    ["http://localhost:8080", "http://approve.localhost:8080"],
    // Passkeys know no addresses (WebAuthn Level 3, 5.1.2), so there is nothing to keep apart.
    ["https://192.0.2.7", "https://192.0.2.7"],
    ["https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"],
  ])("of %s is %s, and answers go nowhere else", (pages, site) => {
    expect(approvalUrlOf(pages)).toBe(site);
    expect(approvalUrlProblem(site, pages)).toBeNull();
    if (site !== pages) expect(pagesOrigin(new URL(site))).toBe(pages);
  });

  it.each([
    "https://approve.example.vn",
    "https://approve.loa.example.vn:444",
    "http://approve.loa.example.vn",
    "https://a.b.loa.example.vn",
  ])("is refused at %s: it would send its answers to somebody else", (site) => {
    expect(approvalUrlProblem(site, "https://loa.example.vn")).toContain("https://approve.loa.example.vn");
  });

  it("is the only place of its page: the console has none under any spelling, nor where there is no name to keep apart", async () => {
    const webFolder = await testFolder();
    await writeFile(join(webFolder, "index.html"), "console");
    await writeFile(join(webFolder, "approve.html"), "approvals");
    const named = await createApiWorld({ webFolder });
    const address = "http://127.0.0.1:8080";
    const nameless = await createApiWorld({ webFolder, publicUrl: address, approvalUrl: address });
    for (const { api } of [named, nameless]) {
      const at = (path: string) =>
        api.request(`${address}${path}`, { headers: { host: "127.0.0.1:8080", accept: "text/html" } });
      expect(await (await at("/index.html")).text()).toBe("console");
      expect((await at("/approve.html")).status).toBe(404);
      for (const path of ["/approve%2Ehtml", "/%61pprove.html", "//approve.html", "/x/../approve.html"])
        expect(await (await at(path)).text(), path).not.toBe("approvals");
    }
  });

  it("has one page and no API, no session, and a window that its opener can speak to", async () => {
    const webFolder = await testFolder();
    await writeFile(join(webFolder, "index.html"), "console");
    await writeFile(join(webFolder, "approve.html"), "approvals");
    const world = await createApiWorld({ webFolder });
    const lan = await world.person("lan", "an", "viewer");
    const at = (host: string, path: string, method = "GET") =>
      lan.send(method, path, undefined, { host, origin: `http://${host}`, accept: "text/html" });
    const site = "approve.localhost:8080";
    const page = await at(site, "/");
    expect(await page.text()).toBe("approvals");
    expect(page.headers.get("cross-origin-opener-policy")).toBe("unsafe-none");
    expect(page.headers.get("content-security-policy")).toContain("connect-src 'none'");
    for (const path of ["/api/v1/session", "/index.html", "/healthz", "/api/openapi.json", "/metrics"])
      expect((await at(site, path)).status, path).toBe(404);
    expect((await at(site, "/", "POST")).status).toBe(404);
    const pages = await at("localhost:8080", "/");
    expect(await pages.text()).toBe("console");
    expect(pages.headers.get("cross-origin-opener-policy")).toBe("same-origin-allow-popups");
  });
});
