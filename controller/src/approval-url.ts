import { isIP } from "node:net";

/**
 * Where emergencies are approved: a name of its own below the one of the pages. A passkey signs for the site that asks
 * (W3C Web Authentication Level 3, 5.1.4.1), so nothing that the pages ask for when somebody signs in can be an approval.
 * Passkeys know no addresses; where the pages have no name, there is one site for both.
 */
export function approvalUrlOf(publicUrl: string): string {
  const url = new URL(publicUrl);
  if (isIP(url.hostname.replace(/^\[|\]$/g, "")) !== 0) return url.origin;
  url.hostname = `approve.${url.hostname}`;
  return url.origin;
}

/** Why it cannot be that; null: it can. It sends its answers to the name without its own first word, and nowhere else. */
export function approvalUrlProblem(approvalUrl: string, publicUrl: string): string | null {
  const [site, pages] = [new URL(approvalUrl), new URL(publicUrl)];
  const [, ...below] = site.hostname.split(".");
  const isBelow =
    site.protocol === pages.protocol && site.port === pages.port && below.join(".") === pages.hostname;
  return isBelow || site.origin === pages.origin
    ? null
    : `--approval-url is one name below the pages: https://approve.${pages.host}`;
}
