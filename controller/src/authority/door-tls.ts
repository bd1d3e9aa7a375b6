import type { HttpTls } from "../adapters/http-server.ts";
import type { TlsOptions } from "../bus/listener.ts";
import { doorsOf, type Exposure } from "../exposure.ts";
import type { OpenedAuthority } from "./open-authority.ts";

/** What the doors speak: as it is at the moment of asking, and told again whenever it changes. */
export interface DoorTls {
  /** Null: in clear. */
  http(): HttpTls | null;
  mqtt(): TlsOptions | null;
}

export function doorTls(exposure: Exposure, authority: OpenedAuthority): DoorTls {
  const doors = doorsOf(exposure);
  const { httpTls, mqttTls } = exposure;

  function http(): HttpTls | null {
    if (doors.http === "clear") return null;
    return doors.http === "own"
      ? { ...authority.doors(), onChange: follow(authority, http) }
      : (httpTls ?? null);
  }

  function mqtt(): TlsOptions | null {
    const door = doors.mqtt === "own" ? authority.doors() : mqttTls;
    if (doors.mqtt === "clear" || door === null) return null;
    return { ...door, ...boxesOf(), onChange: follow(authority, mqtt) };
  }

  /** Whose certificates boxes show. Another authority than ours revokes its own. */
  function boxesOf(): Pick<TlsOptions, "ca" | "crl"> {
    if (!doors.areBoxesCertified || mqttTls?.ca !== undefined) return {};
    return { ca: authority.root, crl: authority.revocationList() };
  }

  return { http, mqtt };
}

function follow<Material>(
  authority: OpenedAuthority,
  now: () => Material | null,
): (listener: (next: Material) => void) => void {
  return (listener) =>
    authority.onChange(() => {
      const next = now();
      if (next !== null) listener(next);
    });
}
