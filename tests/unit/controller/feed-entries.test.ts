import { readFeed } from "@loa/controller/upstream/cap/feed-entries.ts";
import { expect, test } from "vitest";
import { capMessage } from "../../support/cap-messages.ts";

const url = "https://feed.example.vn/cap/index.xml";
const read = (text: string) => readFeed(new TextEncoder().encode(text), url);

test("an Atom feed names its messages, the document of an entry before a page about it", () => {
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom">
    <entry><updated>2026-11-23T05:00:00Z</updated>
      <link rel="alternate" href="https://feed.example.vn/page/1"/>
      <link type="application/cap+xml" href="1.xml"/></entry>
    <entry><link href="/cap/2.xml"/></entry></feed>`;
  expect(read(feed)).toEqual({
    ok: true,
    value: {
      kind: "entries",
      entries: [
        { link: "https://feed.example.vn/cap/1.xml", updated: "2026-11-23T05:00:00Z" },
        { link: "https://feed.example.vn/cap/2.xml", updated: "/cap/2.xml" },
      ],
    },
  });
});

test("RSS 2.0 does too, and a feed may be one alert", () => {
  const rss = `<rss version="2.0"><channel><item><link>https://feed.example.vn/3.xml</link>
    <pubDate>Mon, 23 Nov 2026 05:00:00 GMT</pubDate></item></channel></rss>`;
  expect(read(rss)).toMatchObject({
    value: { entries: [{ link: "https://feed.example.vn/3.xml", updated: "Mon, 23 Nov 2026 05:00:00 GMT" }] },
  });
  expect(read(capMessage())).toEqual({ ok: true, value: { kind: "alert" } });
});

test("no feed leads into another house", () => {
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom">
    <entry><link href="http://169.254.169.254/latest"/></entry>
    <entry><link href="file:///etc/passwd"/></entry>
    <entry><link href="https://feed.example.vn:8443/1.xml"/></entry></feed>`;
  expect(read(feed)).toEqual({ ok: true, value: { kind: "entries", entries: [] } });
});

test("what is no feed is named", () => {
  expect(read("<html/>")).toEqual({
    ok: false,
    error: "html is neither an alert, nor an Atom feed, nor RSS",
  });
});
