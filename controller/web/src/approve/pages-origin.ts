/** Where the pages of the control room are: this name without its first word. Answers go there and nowhere else. */
export function pagesOrigin({
  protocol,
  hostname,
  port,
}: Pick<Location, "protocol" | "hostname" | "port">): string {
  const [, ...below] = hostname.split(".");
  return `${protocol}//${below.join(".")}${port === "" ? "" : `:${port}`}`;
}
