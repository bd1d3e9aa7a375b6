import { type AreaId, areaId } from "@loa/shared/kernel/ids.ts";
import { type LocalDate, localDate } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { get, send } from "./http.ts";

/** Calls about other persons: who they are, and what they may do where and until when. */

const root = "/api/v1/users";
const anything = z.unknown();

const person = z.object({
  id: z.string(),
  name: z.string(),
  grants: z.array(
    z.object({
      id: z.number(),
      role: z.string(),
      areaId,
      from: localDate,
      /** The first day on which it no longer counts. */
      to: localDate.nullable(),
    }),
  ),
});
export type Person = z.infer<typeof person>;
export type PersonGrant = Person["grants"][number];

const withPassword = z.object({ id: z.string(), name: z.string(), password: z.string() });
export type NewPassword = z.infer<typeof withPassword>;

export interface GrantWish {
  readonly role: string;
  readonly areaId: AreaId;
  readonly from?: LocalDate;
  readonly to?: LocalDate;
}

export const people = () => get(z.object({ users: z.array(person) }), root);
export const createPerson = (name: string, grant: GrantWish) =>
  send(withPassword, "POST", root, { name, grants: [grant] });
export const recoverPerson = (id: string) => send(withPassword, "POST", `${root}/${id}/recover`);
export const giveGrant = (id: string, grant: GrantWish) =>
  send(anything, "POST", `${root}/${id}/grants`, grant);
export const endGrant = (id: number) => send(anything, "DELETE", `/api/v1/grants/${id}`);
export const linkPerson = (id: string, subject: string | null) =>
  send(anything, "PUT", `${root}/${id}/identity`, { subject });
