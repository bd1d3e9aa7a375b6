import { fail, ok, type Result } from "@loa/shared/kernel/result.ts";
import { readXml, type XmlElement } from "@loa/shared/node/cap/xml-tree.ts";

const ATOM = "http://www.w3.org/2005/Atom";
const CAP_TYPE = "application/cap+xml";
/** A feed of a country in a bad week has some dozens. */
const MAX_ENTRIES = 500;

/** One message that a feed points to. */
export interface FeedEntry {
  readonly link: string;
  /** Changes when the message does; the link itself where the feed does not say. */
  readonly updated: string;
}

/** What a feed is: one alert itself, or a list of them in Atom (RFC 4287) or RSS 2.0. */
export type FeedContents =
  | { readonly kind: "alert" }
  | { readonly kind: "entries"; readonly entries: readonly FeedEntry[] };

/** Reads a feed. Messages elsewhere than at the feed's own origin are left out: a feed opens no door into a network. */
export function readFeed(bytes: Uint8Array, url: string): Result<FeedContents, string> {
  const tree = readXml(bytes);
  if (!tree.ok) return fail(`line ${tree.error.line}: ${tree.error.why}`);
  const root = tree.value;
  if (root.name === "alert") return ok({ kind: "alert" });
  const found = entriesOf(root);
  if (found === null) return fail(`${root.name} is neither an alert, nor an Atom feed, nor RSS`);
  const entries = found.flatMap(({ link, updated }) => {
    const whole = URL.canParse(link, url) ? new URL(link, url) : null;
    return whole === null || whole.origin !== new URL(url).origin ? [] : [{ link: whole.href, updated }];
  });
  return ok({ kind: "entries", entries: entries.slice(0, MAX_ENTRIES) });
}

function entriesOf(root: XmlElement): readonly FeedEntry[] | null {
  if (root.name === "feed" && root.namespace === ATOM)
    return childrenOf(root, "entry").flatMap((entry) => entryOf(atomLink(entry), textOf(entry, "updated")));
  const channel = root.name === "rss" ? childrenOf(root, "channel")[0] : undefined;
  if (channel === undefined) return null;
  return childrenOf(channel, "item").flatMap((item) =>
    entryOf(textOf(item, "link"), textOf(item, "pubDate") ?? textOf(item, "guid")),
  );
}

function entryOf(link: string | null, updated: string | null): readonly FeedEntry[] {
  return link === null ? [] : [{ link, updated: updated ?? link }];
}

/** The message itself rather than a page about it. */
function atomLink(entry: XmlElement): string | null {
  const links = childrenOf(entry, "link");
  const isOf = (rel: string) => (one: XmlElement) => (one.attributes.get("rel") ?? "alternate") === rel;
  const best =
    links.find((one) => one.attributes.get("type") === CAP_TYPE) ??
    links.find(isOf("enclosure")) ??
    links.find(isOf("alternate"));
  return best?.attributes.get("href") ?? null;
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

function textOf(element: XmlElement, name: string): string | null {
  const text = childrenOf(element, name)[0]?.text.trim() ?? "";
  return text === "" ? null : text;
}
