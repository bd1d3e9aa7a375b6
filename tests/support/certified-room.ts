import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ControlRoom } from "@loa/controller/control-room.ts";
import { enrol } from "@loa/edge-agent/adapters/identity-store.ts";
import type { Identity } from "@loa/edge-agent/identity.ts";
import type { DoorKeys, TlsIdentity } from "@loa/edge-agent/tls-identity.ts";
import { asInstant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { openOwnControlRoom, ownOperator } from "./own-control-room.ts";

/** A control room on the loopback that speaks as it does off it: TLS at both doors, boxes by certificate. */
export interface CertifiedRoom {
  readonly room: ControlRoom;
  readonly origin: string;
  /** PEM of its authority, as it lies in the image of a box. */
  readonly ca: string;
  /** As the first operator. */
  send(method: string, path: string, body?: unknown): Promise<Response>;
  /** A code for one box at a new cluster. */
  claim(name: string): Promise<string>;
  /** A box that has come in by a code, its files in the folder. */
  enrolled(folder: string, name?: string): Promise<CertifiedIdentity>;
}

export type CertifiedIdentity = Identity & { readonly tls: TlsIdentity };

const clusterAnswer = z.object({ cluster: z.object({ id: z.string() }) });
const claimAnswer = z.object({ code: z.string() });

export async function openCertifiedRoom(folder: string): Promise<CertifiedRoom> {
  const room = await openOwnControlRoom(folder, null, { isOwnTlsWanted: true });
  const origin = `https://127.0.0.1:${room.httpPort}`;
  const ca = readFileSync(join(folder, "keys", "authority.crt"), "utf8");
  let cookie = "";
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers = { host: new URL(origin).host, origin, cookie, "content-type": "application/json" };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    return await room.fetch(new Request(`${origin}${path}`, { method, headers, ...init }), {});
  };
  const signedIn = await send("POST", "/api/v1/session", {
    user: ownOperator.name,
    password: ownOperator.password,
  });
  cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const claim = async (name: string) => {
    const place = { name, areaId: "tinh-thu", horns: 2 };
    const { cluster } = clusterAnswer.parse(await (await send("POST", "/api/v1/clusters", place)).json());
    const answer = await send("POST", `/api/v1/clusters/${cluster.id}/claim`);
    return claimAnswer.parse(await answer.json()).code;
  };
  return {
    room,
    origin,
    ca,
    send,
    claim,
    async enrolled(boxFolder, name = "Cụm loa") {
      const outcome = await enrol(boxFolder, origin, await claim(name), believing(ca));
      if (!outcome.ok) throw new Error(outcome.error);
      const { tls } = outcome.value;
      if (tls === null) throw new Error("no certificate came");
      return { ...outcome.value, tls };
    },
  };
}

/** What a box believes whose image names this authority. */
export function believing(ca: string, own: DoorKeys["own"] = null): DoorKeys {
  return { ca: [ca], own, time: { at: asInstant(Date.now()), isKnown: true } };
}
