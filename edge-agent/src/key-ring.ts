import { rootCertificates } from "node:tls";
import type { DoorKeys, KnownTime, TlsIdentity } from "./tls-identity.ts";

/** What the box shows and believes at the doors of the control room, now. */
export interface KeyRing {
  /** Null for a box that comes in by its password alone. */
  current(): TlsIdentity | null;
  replace(next: TlsIdentity): void;
  doors(): DoorKeys;
}

/** `ca`: PEM of the authorities that the box's image names. */
export function createKeyRing(
  ca: string | undefined,
  first: TlsIdentity | null,
  time: () => KnownTime,
): KeyRing {
  let tls = first;
  return {
    current: () => tls,
    replace(next) {
      tls = next;
    },
    doors: () => ({
      ca: believed(ca, tls),
      own: tls === null ? null : { key: tls.privateKey, cert: tls.certificate },
      time: time(),
    }),
  };
}

/** Undefined: nobody told the box whom to believe, so its system is asked. */
function believed(ca: string | undefined, tls: TlsIdentity | null): readonly string[] | undefined {
  const told = ca === undefined ? [] : [ca];
  const own = tls === null ? [] : [tls.authority];
  const known = tls?.trust === "own-and-public" ? rootCertificates : [];
  const all = [...told, ...own, ...known];
  return all.length === 0 ? undefined : all;
}
