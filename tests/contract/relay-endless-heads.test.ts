import { describe, expect, onTestFinished, test } from "vitest";
import { listenTo } from "../support/relay-ear.ts";
import { startScriptedServer } from "../support/scripted-server.ts";
import { systemPart } from "../support/system-part.ts";

const part = systemPart("ffmpeg");
const PIECE_BYTES = 65_536;

/** An ID3 tag of 256 MB (id3.org, 3.1), such as holds the picture of a clip; and nothing but line ends. */
const tag = Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]);
const heads = [
  ["a tag that promises 256 MB", tag, 0],
  ["line ends without end", Buffer.alloc(0), 0x0a],
] as const;

describe.skipIf(part === null)("an answer of which nobody can say what it is", () => {
  /** Red when all of it is kept until something can be said: gigabytes on a fast line. */
  test.each(heads)("is the wrong format, and little of it is taken: %s", async (_, head, filling) => {
    let sentBytes = 0;
    const scripted = await startScriptedServer();
    onTestFinished(scripted.close);
    scripted.answer = (_request, response) => {
      response.writeHead(200, { "content-type": "audio/mpeg" });
      response.write(head);
      const timer = setInterval(() => {
        if (response.writableNeedDrain || !response.write(Buffer.alloc(PIECE_BYTES, filling))) return;
        sentBytes += PIECE_BYTES;
      }, 1);
      response.once("close", () => clearInterval(timer));
    };
    const ear = listenTo({ ffmpegPath: part?.path ?? "", url: scripted.url, factor: 10 });
    expect(await ear.ended()).toBe("relay-wrong-format");
    expect(scripted.requests.length).toBe(3);
    expect(sentBytes).toBeLessThan(8_000_000);
  });
});
