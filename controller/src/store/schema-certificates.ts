/** Every certificate that a box was given and that may still be shown. */
export interface CertificateTable {
  /** Lower-case hex. */
  serial: string;
  box_id: string;
  key_sha256: string;
  pem: string;
  not_before: number;
  not_after: number;
  issued_at: number;
  /** Serial of the certificate that was given for it; null: none yet. */
  replaced_by: string | null;
}
/** Boxes whose card seems to have been copied. */
export interface BoxCloneTable {
  box_id: string;
  at: number;
  /** JSON of `cloneSign`. */
  sign: string;
}
