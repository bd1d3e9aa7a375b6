import { type Radio, startRadio } from "@loa/simulator/live/radio.ts";
import { simulate } from "@loa/simulator/live/sim-routes.ts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventuallySo } from "../support/eventually.ts";
import { describeWithPart } from "../support/system-part.ts";

describeWithPart("ffmpeg", "the station of the demo", ({ path }) => {
  let radio: Radio;

  beforeAll(async () => {
    radio = await startRadio(path, 0);
  });
  afterAll(() => radio?.close());

  const control = () => ({ boxes: new Map(), tell: () => {}, radio: () => radio, trust: () => null });
  const ask = (body: unknown) =>
    simulate(
      new Request("http://127.0.0.1/sim/radio", { method: "POST", body: JSON.stringify(body) }),
      control(),
    );

  /** Reads until the first bytes have come; a first sync word of mp3 is among them. */
  async function firstBytes(signal: AbortSignal): Promise<Uint8Array> {
    const answer = await fetch(radio.url, { signal });
    const reader = answer.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    return value ?? new Uint8Array();
  }

  it("plays mp3 to everybody who comes", async () => {
    const listening = new AbortController();
    await eventuallySo("the encoder gives something", 10_000, async () => {
      const bytes = await firstBytes(listening.signal);
      return bytes.some((byte, index) => byte === 0xff && ((bytes[index + 1] ?? 0) & 0xe0) === 0xe0);
    });
    listening.abort();
  });

  it("off the air ends its listeners and refuses new ones, and comes back", async () => {
    const answer = await fetch(radio.url);
    const ended = answer.text().then(
      () => "whole",
      () => "cut",
    );
    expect(await (await ask({ on: false }))?.json()).toEqual({ isOnAir: false });
    expect(await ended).toBe("cut");
    expect((await fetch(radio.url)).status).toBe(503);
    expect(await (await ask({ on: true }))?.json()).toEqual({ isOnAir: true });
    const again = await fetch(radio.url);
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  it("refuses what is no switch, and is not there without a demo", async () => {
    expect((await ask({ on: "maybe" }))?.status).toBe(422);
    const none = { ...control(), radio: () => null, trust: () => null };
    expect((await simulate(new Request("http://127.0.0.1/sim/radio"), none))?.status).toBe(404);
  });

  it("takes another port where its own is not free", async () => {
    const second = await startRadio(path, Number(new URL(radio.url).port));
    expect(second.url).not.toBe(radio.url);
    expect((await fetch(second.url)).status).toBe(200);
    await second.close();
  });
});
