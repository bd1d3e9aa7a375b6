import { createRtspListener } from "@loa/edge-agent/sound/relay/rtsp-dialect.ts";
import { describe, expect, test } from "vitest";

const welcome = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: RTSP/1.0 of somebody\r\n\r\n";

function hears(...pieces: readonly string[]): { isAdmitted: boolean; end: string } {
  const listener = createRtspListener();
  const isAdmitted = pieces.map((one) => listener.admit(Buffer.from(one, "latin1"))).every(Boolean);
  return { isAdmitted, end: listener.silentEnd };
}

describe("who listens to an RTSP server", () => {
  /** ffmpeg 5.1 follows every one of these to wherever `Location` leads. */
  test.each([
    ["of another version", "RTSP/2.0 302 Moved\r\n"],
    ["with a tab", "RTSP/1.0\t302 Moved\r\n"],
    ["with two spaces", "RTSP/1.0  302 Moved\r\n"],
    ["with a return in the middle", "RT\rSP/1.0 3\r01 Moved\r\n"],
    ["with a sign", "RTSP/1.0 +302 Moved\r\n"],
    ["with zeros", "RTSP/1.0 0302 Moved\r\n"],
    ["with letters behind", "RTSP/1.0 302x Moved\r\n"],
    ["beyond 32 bits", "RTSP/1.0 4294967598 Moved\r\n"],
    ["behind a packet", "$\u0000\u0000\u0001XRTSP/1.0 302 Moved\r\n"],
  ])("lets no redirect through: %s", (_, line) => {
    expect(hears(welcome, line)).toEqual({ isAdmitted: false, end: "not-allowed" });
    expect(hears(welcome, ...line).isAdmitted).toBe(false);
  });

  test("lets none through that comes after a megabyte", () => {
    const padding = "x".repeat(1_000_000);
    expect(hears(welcome, padding, "\nRTSP/1.0 302 Moved\r\n").isAdmitted).toBe(false);
  });

  test("does not wait for the end of a status line without end", () => {
    expect(hears("RTSP/", "x".repeat(5_000)).isAdmitted).toBe(false);
  });

  test("hears an honest server out, in pieces of any size", () => {
    const talk = `${welcome}RTSP/1.0 401\r\nCSeq: 2\r\n\r\nRTSP/1.0 200 OK\r\n\r\n$\u0000\u0001\u0002ab`;
    expect(hears(...talk)).toEqual({ isAdmitted: true, end: "wrong-format" });
    expect(hears(talk)).toEqual({ isAdmitted: true, end: "wrong-format" });
  });
});
