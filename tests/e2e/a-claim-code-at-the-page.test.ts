import { ensureWebBuilt } from "@loa/controller/adapters/web-build.ts";
import { createOperator } from "@loa/simulator/operator.ts";
import { expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { openOwnControlRoom, ownOperator } from "../support/own-control-room.ts";
import { describeWithPart } from "../support/system-part.ts";
import { testFolder } from "../support/temp-folder.ts";
import { openBrowser, signIn, visit } from "./page-support.ts";

const { name, password } = ownOperator;

describeWithPart("chromium", "a claim code", ({ path }) => {
  it("is drawn for a phone to scan, and nothing of it offends the content security policy", async () => {
    const room = await openOwnControlRoom(await testFolder(), await ensureWebBuilt());
    onTestFinished(() => room.close());
    const origin = `http://localhost:${room.httpPort}`;
    const operator = createOperator(origin, (request) => fetch(request));
    await operator.signIn(name, password);
    const cluster = { areaId: "tinh-thu", name: "Cụm loa chợ", horns: 2 };
    await operator.do("POST", "/api/v1/clusters", z.unknown(), cluster);
    const browser = await openBrowser(path);
    onTestFinished(() => browser.close());
    const { page, complaints } = await visit(browser, `${origin}/#/levels`);
    await signIn(page, name, password);
    await page.getByRole("button", { name: "Cấp mã ghép" }).click();
    const drawn = page.getByRole("img", { name: "Mã ghép dạng QR" });
    await drawn.waitFor();
    const dark = await drawn.evaluate((canvas: HTMLCanvasElement) => {
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let count = 0;
      for (let at = 3; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > 127) count += 1;
      return count / (canvas.width * canvas.height);
    });
    // About half of a code is dark.
    expect(dark).toBeGreaterThan(0.3);
    expect(dark).toBeLessThan(0.7);
    expect(complaints).toEqual([]);
  }, 60_000);
});
