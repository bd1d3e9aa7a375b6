import { type Ask, answer, ready, type SentSound, type SiteAnswer } from "../approve/messages.ts";
import { language } from "../i18n/language.ts";
import { waysIn } from "./ways-in.ts";

/** How long a person may read what is to be signed, ms: as long as the challenge of a new key holds. */
const READ_LIMIT_MS = 5 * 60_000;
const LOOK_EVERY_MS = 500;
const WINDOW = "popup,width=560,height=820";

type Wish = Ask extends infer One ? (One extends Ask ? Omit<One, "loa" | "language"> : never) : never;

/** Null where approvals are given on these very pages. */
export function approvalSiteApart(): string | null {
  const origin = waysIn.value?.approvalOrigin ?? null;
  return origin === null || origin === location.origin ? null : origin;
}

/**
 * Asks in a window of the other site, which shows and signs by itself; null where the person closed it. It is opened at
 * once, as browsers want it of a press; what is asked may come later, and the sounds of it later still.
 */
export async function askAtSite(
  origin: string,
  wish: Promise<Wish | null>,
  sounds: Promise<readonly SentSound[]> = Promise.resolve([]),
): Promise<SiteAnswer | null> {
  const site = open(`${origin}/`, "loa-approve", WINDOW);
  if (site === null) return null;
  return await new Promise<SiteAnswer | null>((done) => {
    const end = (given: SiteAnswer | null) => {
      removeEventListener("message", hear);
      clearInterval(watch);
      clearTimeout(limit);
      if (given === null) site.close();
      done(given);
    };
    const hear = (event: MessageEvent) => {
      if (event.origin !== origin || event.source !== site) return;
      if (ready.safeParse(event.data).success) void tell();
      const given = answer.safeParse(event.data);
      if (given.success) end(given.data);
    };
    const tell = async () => {
      const asked = await wish;
      if (asked === null) return end(null);
      site.postMessage({ loa: "approval-site-ask", language: language.value, ...asked }, origin);
      site.postMessage({ loa: "approval-site-sounds", sounds: await sounds }, origin);
    };
    const watch = setInterval(() => site.closed && end(null), LOOK_EVERY_MS);
    const limit = setTimeout(() => end(null), READ_LIMIT_MS);
    addEventListener("message", hear);
  });
}
