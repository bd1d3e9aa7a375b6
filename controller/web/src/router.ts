import {
  type BoxId,
  boxId,
  type EmergencyId,
  emergencyId,
  type ProgrammeId,
  programmeId,
  type RelayId,
  relayId,
  type ScheduleId,
  type StandingApprovalId,
  scheduleId,
  standingApprovalId,
} from "@loa/shared/kernel/ids.ts";
import { signal } from "@preact/signals";

const plainPages = [
  "readiness",
  "emergencies",
  "programmes",
  "relays",
  "schedules",
  "agenda",
  "receipts",
  "levels",
  "audit",
  "security",
  "standing-approvals",
  "account",
  "people",
] as const;

export type Route =
  | { readonly page: "overview" | "new-programme" | "new-relay" | (typeof plainPages)[number] }
  | { readonly page: "box"; readonly id: BoxId }
  | { readonly page: "emergency"; readonly id: EmergencyId }
  /** The form of one that takes its place. */
  | { readonly page: "update"; readonly id: EmergencyId }
  /** One that waits for approval. */
  | { readonly page: "draft"; readonly id: EmergencyId }
  | { readonly page: "standing-approval"; readonly id: StandingApprovalId }
  /** With a programme that is chosen already, or without. */
  | { readonly page: "broadcast"; readonly programme?: ProgrammeId }
  | { readonly page: "relay"; readonly id: RelayId }
  | { readonly page: "schedule"; readonly id: ScheduleId };

/** Places live behind `#`, so the server serves one document and every link can be kept or sent. */
export const route = signal<Route>(routeOf(location.hash));

/** `?wall=1`: the wallboard, without anything to operate but STOP. */
export const isWall = new URLSearchParams(location.search).get("wall") === "1";

export function startRouter(): void {
  addEventListener("hashchange", () => {
    route.value = routeOf(location.hash);
    scrollTo(0, 0);
  });
}

export function linkTo(to: Route): string {
  switch (to.page) {
    case "overview":
      return "#/";
    case "box":
      return `#/boxes/${to.id}`;
    case "emergency":
      return `#/emergencies/${to.id}`;
    case "update":
      return `#/updates/${to.id}`;
    case "draft":
      return `#/drafts/${to.id}`;
    case "standing-approval":
      return `#/standing-approvals/${to.id}`;
    case "broadcast":
      return to.programme === undefined ? "#/broadcast" : `#/broadcast/${to.programme}`;
    case "new-programme":
      return "#/programmes/new";
    case "relay":
      return `#/relays/${to.id}`;
    case "new-relay":
      return "#/relays/new";
    case "schedule":
      return `#/schedules/${to.id}`;
    default:
      return `#/${to.page}`;
  }
}

export function go(to: Route): void {
  location.hash = linkTo(to);
}

function routeOf(hash: string): Route {
  const [folder = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  return routeOfOne(folder, id) ?? routeOfMany(folder);
}

/** A page about one thing, by its name; null where the name is none. */
function routeOfOne(folder: string, id: string): Route | null {
  const parsed = {
    box: boxId.safeParse(id),
    emergency: emergencyId.safeParse(id),
    programme: programmeId.safeParse(id),
    relay: relayId.safeParse(id),
    schedule: scheduleId.safeParse(id),
    standing: standingApprovalId.safeParse(id),
  };
  if (id === "new" && folder === "programmes") return { page: "new-programme" };
  if (id === "new" && folder === "relays") return { page: "new-relay" };
  if (folder === "boxes" && parsed.box.success) return { page: "box", id: parsed.box.data };
  if (folder === "emergencies" && parsed.emergency.success) {
    return { page: "emergency", id: parsed.emergency.data };
  }
  if (folder === "updates" && parsed.emergency.success) return { page: "update", id: parsed.emergency.data };
  if (folder === "drafts" && parsed.emergency.success) return { page: "draft", id: parsed.emergency.data };
  if (folder === "standing-approvals" && parsed.standing.success)
    return { page: "standing-approval", id: parsed.standing.data };
  if (folder === "broadcast" && parsed.programme.success) {
    return { page: "broadcast", programme: parsed.programme.data };
  }
  if (folder === "relays" && parsed.relay.success) return { page: "relay", id: parsed.relay.data };
  if (folder === "schedules" && parsed.schedule.success)
    return { page: "schedule", id: parsed.schedule.data };
  return null;
}

function routeOfMany(folder: string): Route {
  if (folder === "broadcast") return { page: "broadcast" };
  const page = plainPages.find((one) => one === folder);
  return { page: page ?? "overview" };
}
