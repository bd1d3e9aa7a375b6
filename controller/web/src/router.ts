import { type BoxId, boxId, type ScheduleId, scheduleId } from "@loa/shared/kernel/ids.ts";
import { signal } from "@preact/signals";

export type Route =
  | { readonly page: "overview" | "broadcast" | "schedules" | "agenda" | "receipts" }
  | { readonly page: "box"; readonly id: BoxId }
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
  const [page = "", id = ""] = hash.replace(/^#\/?/, "").split("/");
  const box = boxId.safeParse(id);
  if (page === "boxes" && box.success) return { page: "box", id: box.data };
  const schedule = scheduleId.safeParse(id);
  if (page === "schedules" && schedule.success) return { page: "schedule", id: schedule.data };
  if (page === "broadcast" || page === "schedules" || page === "agenda" || page === "receipts")
    return { page };
  return { page: "overview" };
}
