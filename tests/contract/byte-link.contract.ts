import type { ByteLink, LinkFailure } from "@loa/edge-agent/devices/byte-link.ts";
import { describe, expect, it, onTestFinished } from "vitest";

/** The other end of the line, as raw as can be. */
export interface LinkWorld {
  readonly link: ByteLink;
  /** What came out at the far end so far. */
  received(): number[];
  send(bytes: readonly number[]): void;
  /** The far end goes away for good. */
  vanish(): void;
  close(): Promise<void>;
}

const waitLimit = { timeout: 5_000, interval: 5 };
const everyByte = Array.from({ length: 256 }, (_, value) => value);

export function describeByteLink(name: string, createWorld: () => Promise<LinkWorld>): void {
  const start = async () => {
    const world = await createWorld();
    onTestFinished(world.close);
    const got: number[] = [];
    const closed: LinkFailure[] = [];
    world.link.onData((bytes) => got.push(...bytes));
    world.link.onClose((reason) => closed.push(reason));
    return { ...world, got, closed };
  };

  describe(`byte link: ${name}`, () => {
    it("carries every byte value in order, both ways", async () => {
      const { link, received, send, got } = await start();
      expect(await link.open()).toEqual({ ok: true, value: undefined });
      link.write(Uint8Array.from(everyByte));
      await expect.poll(received, waitLimit).toEqual(everyByte);
      send(everyByte);
      await expect.poll(() => got, waitLimit).toEqual(everyByte);
    });

    it("opening what is open changes nothing", async () => {
      const { link, received } = await start();
      await link.open();
      expect((await link.open()).ok).toBe(true);
      link.write(Uint8Array.of(1, 2, 3));
      await expect.poll(received, waitLimit).toEqual([1, 2, 3]);
    });

    it("drops what is written before it is open and after it is closed", async () => {
      const { link, received } = await start();
      link.write(Uint8Array.of(1));
      await link.open();
      link.write(Uint8Array.of(2));
      await expect.poll(received, waitLimit).toEqual([2]);
      await link.close();
      link.write(Uint8Array.of(3));
      expect(received()).toEqual([2]);
    });

    it("closes without calling the close listener, and opens again", async () => {
      const { link, received, closed } = await start();
      await link.open();
      await link.close();
      await link.close();
      expect((await link.open()).ok).toBe(true);
      link.write(Uint8Array.of(7));
      await expect.poll(received, waitLimit).toEqual([7]);
      expect(closed).toEqual([]);
    });

    it("tells once that the other end went away, and cannot be opened without it", async () => {
      const { link, vanish, closed } = await start();
      await link.open();
      vanish();
      await expect.poll(() => closed, waitLimit).toEqual(["closed"]);
      expect((await link.open()).ok).toBe(false);
      link.write(Uint8Array.of(1));
      expect(closed).toEqual(["closed"]);
    });
  });
}
