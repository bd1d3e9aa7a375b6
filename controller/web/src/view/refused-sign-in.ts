/** Why the sign-in at the provider came to nothing, as the controller wrote it into the address of the page. */
export interface RefusedSignIn {
  readonly why: (typeof whys)[number];
  /** Who one is there: an administrator needs it to link the account. */
  readonly subject: string | null;
}

const whys = ["no-account", "expired", "refused", "unreachable"] as const;

export function refusedSignIn(search: string): RefusedSignIn | null {
  const query = new URLSearchParams(search);
  const why = whys.find((one) => one === query.get("refused"));
  return why === undefined ? null : { why, subject: query.get("subject") };
}
