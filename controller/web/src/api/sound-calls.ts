import type { BulletinField } from "@loa/shared/broadcast/content.ts";
import type { Volume } from "@loa/shared/broadcast/plan.ts";
import type { ProgrammeItem } from "@loa/shared/broadcast/programme.ts";
import type { AreaId, BulletinId, ClusterId, RelayId, Sha256 } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import { get, send } from "./http.ts";
import * as shape from "./sound-shapes.ts";

/** Calls about relays, programmes and how areas sound. */

const root = "/api/v1";
const anything = z.unknown();

export interface RelayWish {
  readonly title: string;
  readonly source: shape.RelaySource;
}
export const relays = () => get(shape.relays, `${root}/relays`);
export const createRelay = (areaId: AreaId, wish: RelayWish) =>
  send(shape.oneRelay, "POST", `${root}/relays`, { ...wish, areaId });
export const changeRelay = (id: RelayId, wish: RelayWish) =>
  send(shape.oneRelay, "PUT", `${root}/relays/${id}`, wish);
export const withdrawRelay = (id: RelayId) => send(anything, "DELETE", `${root}/relays/${id}`);

export interface BulletinWish {
  readonly title: string;
  readonly class: "normal" | "priority";
  readonly field: BulletinField;
  readonly clip: Sha256;
  readonly areaId: AreaId;
}
export const bulletins = () => get(shape.bulletins, `${root}/bulletins`);
export const createBulletin = (wish: BulletinWish) =>
  send(shape.oneBulletin, "POST", `${root}/bulletins`, wish);

export interface ProgrammeWish {
  readonly title: string;
  readonly areaId: AreaId;
  readonly items: readonly ProgrammeItem[];
}
export const programmes = () => get(shape.programmes, `${root}/programmes`);
export const createProgramme = (wish: ProgrammeWish) =>
  send(shape.oneProgramme, "POST", `${root}/programmes`, wish);

export const areaSettings = (id: AreaId) => get(shape.areaSettings, `${root}/areas/${id}/settings`);
export const putAreaSettings = (
  id: AreaId,
  settings: { readonly volume: Volume | null; readonly filler: BulletinId | null },
) => send(shape.areaSettings, "PUT", `${root}/areas/${id}/settings`, settings);
export const areaAudio = (id: AreaId) => get(shape.areaAudio, `${root}/areas/${id}/audio`);
export const putAreaAudio = (id: AreaId, rendition: string | null) =>
  send(shape.areaAudio, "PUT", `${root}/areas/${id}/audio`, { rendition });

export const clusters = () => get(shape.clusters, `${root}/clusters`);
export const changeCluster = (
  id: ClusterId,
  change: Partial<Pick<shape.Cluster, "gainDb" | "alignDelayMs" | "turn" | "zones" | "people">>,
) => send(shape.oneCluster, "PATCH", `${root}/clusters/${id}`, change);
