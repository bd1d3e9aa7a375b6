import type { BoxId, ClusterId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import { send } from "./http.ts";

/** Calls that give a box its place, and take it away. */

const claim = z.object({ code: z.string(), spoken: z.string(), expiresAt: instant });
export type Claim = z.infer<typeof claim>;

const root = "/api/v1";

/** The code is told this once; an earlier one that nobody used is void from then on. */
export const claimCluster = (id: ClusterId) => send(claim, "POST", `${root}/clusters/${id}/claim`);
export const revokeBox = (id: BoxId) => send(z.unknown(), "POST", `${root}/boxes/${id}/revoke`);
export const clearClone = (id: BoxId) => send(z.unknown(), "DELETE", `${root}/boxes/${id}/cloned`);
