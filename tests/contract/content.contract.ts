import type { Content, ContentReport } from "@loa/edge-agent/ports.ts";
import { type Sha256, sha256 } from "@loa/shared/kernel/ids.ts";
import { nodeCrypto } from "@loa/shared/node/node-crypto.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface ContentWorld {
  readonly content: Content;
  /** What the server answers for a hash from now on; without it 404. */
  serve(hash: Sha256, status: number, bytes: Uint8Array): void;
  /** The server cannot be reached any more. */
  unplug(): void;
  /** Lets the world run until the next report. */
  nextReport(): Promise<ContentReport>;
  /** One byte of a file that is there turns over on the disk. */
  rot(hash: Sha256): void;
  /** The same folder after the power came back. */
  reopen(): Content;
  close(): Promise<void>;
}

export const bytesOf = (text: string) => new TextEncoder().encode(text);
export const hashOfText = (text: string): Sha256 => sha256.parse(nodeCrypto.sha256Hex(bytesOf(text)));

/** What the agent relies on, whether the files come over HTTP or through the simulator. */
export function describeContent(name: string, open: () => Promise<ContentWorld>): void {
  describe(`content: ${name}`, () => {
    const text = "the bytes of a clip";
    const hash = hashOfText(text);
    let world: ContentWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    const get = (sizeBytes: number | null): Promise<ContentReport> => {
      world.content.fetch({ sha256: hash, sizeBytes });
      return world.nextReport();
    };

    it("lists a file when it is whole, and only then", async () => {
      world.serve(hash, 200, bytesOf(text));
      expect(world.content.list()).toEqual([]);
      expect(await get(text.length)).toEqual({ kind: "fetched", sha256: hash });
      expect(world.content.list()).toEqual([hash]);
      expect(world.content.readText(hash)).toBe(text);
    });

    it("takes a manifest whose size nobody knows", async () => {
      world.serve(hash, 200, bytesOf(text));
      expect(await get(null)).toEqual({ kind: "fetched", sha256: hash });
    });

    it.each([
      [404, "not-found"],
      [401, "refused"],
      [403, "refused"],
      [503, "unreachable"],
    ] as const)("a server that answers %i is %s", async (status, reason) => {
      world.serve(hash, status, bytesOf("no"));
      expect(await get(text.length)).toEqual({ kind: "failed", sha256: hash, reason });
      expect(world.content.list()).toEqual([]);
    });

    it.each([
      ["other bytes of the same length", "x".repeat(text.length), "wrong-hash"],
      ["more than was promised", `${text} and more`, "wrong-size"],
      ["less than was promised", text.slice(0, 5), "unreachable"],
    ] as const)("%s: never listed", async (_, body, reason) => {
      world.serve(hash, 200, bytesOf(body));
      expect(await get(text.length)).toEqual({ kind: "failed", sha256: hash, reason });
      expect(world.content.list()).toEqual([]);
      expect(world.content.readText(hash)).toBeNull();
    });

    it("a bad answer does not spoil the next try", async () => {
      world.serve(hash, 200, bytesOf("x".repeat(text.length)));
      await get(text.length);
      world.serve(hash, 200, bytesOf(text));
      expect(await get(text.length)).toEqual({ kind: "fetched", sha256: hash });
    });

    it("a server that cannot be reached is «unreachable»", async () => {
      world.unplug();
      expect(await get(text.length)).toEqual({ kind: "failed", sha256: hash, reason: "unreachable" });
    });

    it("a file whose bytes are looked at again is whole, or listed no more", async () => {
      world.serve(hash, 200, bytesOf(text));
      await get(text.length);
      world.content.verify(hash);
      expect(await world.nextReport()).toEqual({ kind: "fetched", sha256: hash });
      expect(world.content.list()).toEqual([hash]);
      world.rot(hash);
      world.content.verify(hash);
      expect(await world.nextReport()).toEqual({ kind: "failed", sha256: hash, reason: "wrong-hash" });
      expect(world.content.list()).toEqual([]);
      expect(await get(text.length)).toEqual({ kind: "fetched", sha256: hash });
      expect(world.content.readText(hash)).toBe(text);
    });

    it("is there after a power cut, and gone after it was removed", async () => {
      world.serve(hash, 200, bytesOf(text));
      await get(text.length);
      expect(world.reopen().list()).toEqual([hash]);
      const again = world.reopen();
      again.remove(hash);
      expect(again.list()).toEqual([]);
      expect(again.readText(hash)).toBeNull();
      expect(world.reopen().list()).toEqual([]);
    });
  });
}
