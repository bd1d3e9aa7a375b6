/** One thing wrong: where (keys and indexes from the top of the file) and a sentence with what to do. */
export interface ProfileComplaint {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export type ComplaintPath = ProfileComplaint["path"];

/** Collects complaints about keys below one place of the file. */
export function complaintsAt(path: ComplaintPath, prefix = "") {
  const found: ProfileComplaint[] = [];
  const complain = (key: string, message: string) =>
    found.push({ path: key === "" ? path : [...path, key], message: `${prefix}${message}` });
  return { found, complain };
}
