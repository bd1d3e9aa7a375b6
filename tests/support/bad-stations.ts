import type { Answer } from "./scripted-server.ts";

/** How a server may answer where a stream of sound was promised, and what is to be said of it. */
export interface BadStation {
  readonly name: string;
  /** Of the relay's address. */
  readonly path: string;
  readonly answer: Answer;
  /** The reason of its failure; `source-lost` where there is still hope. */
  readonly says: string;
}

const sends = (contentType: string, body: string): Answer => {
  return (_, response) => response.writeHead(200, { "content-type": contentType }).end(body);
};

const redirects = (location: string): Answer => {
  return (_, response) => response.writeHead(302, { location }).end();
};

export const badStations: readonly BadStation[] = [
  {
    name: "HTML instead of a stream",
    path: "/page.mp3",
    answer: sends("audio/mpeg", "<!doctype html><html><body>Please log in</body></html>"),
    says: "relay-wrong-format",
  },
  { name: "a redirect loop", path: "/loop", answer: redirects("/loop"), says: "relay-unavailable" },
  {
    name: "a redirect to file:",
    path: "/file",
    answer: redirects("file:///etc/passwd"),
    says: "relay-not-allowed",
  },
  {
    name: "a redirect to the inside of the network",
    path: "/inside",
    answer: redirects("http://169.254.169.254/latest/meta-data"),
    says: "relay-not-allowed",
  },
  {
    name: "a playlist of itself",
    path: "/self.m3u8",
    answer: sends(
      "application/vnd.apple.mpegurl",
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\n/self.m3u8\n",
    ),
    says: "relay-wrong-format",
  },
  {
    name: "segments that are the playlist",
    path: "/segments.m3u8",
    answer: sends(
      "application/vnd.apple.mpegurl",
      "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n/segments.m3u8\n#EXTINF:2,\n/segments.m3u8\n",
    ),
    says: "relay-wrong-format",
  },
  {
    name: "one byte a second",
    path: "/slow",
    answer(request, response) {
      response.writeHead(200, { "content-type": "audio/mpeg" });
      response.flushHeaders();
      const timer = setInterval(() => response.write("I"), 1_000);
      request.once("close", () => clearInterval(timer));
    },
    says: "source-lost",
  },
  { name: "no answer at all", path: "/nothing", answer: () => {}, says: "source-lost" },
];

/** The whole of a stream again and again, as fast as it is taken. */
export function endlessly(stream: Buffer): Answer {
  return (_, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" });
    const more = () => {
      while (!response.destroyed && response.write(stream));
    };
    response.on("drain", more);
    more();
  };
}

/** Each address has its own way to answer; others are not there. */
export function answersBy(ways: readonly Pick<BadStation, "path" | "answer">[]): Answer {
  return (request, response) => {
    const way = ways.find(({ path }) => path === request.url);
    if (way === undefined) response.writeHead(404).end();
    else way.answer(request, response);
  };
}
