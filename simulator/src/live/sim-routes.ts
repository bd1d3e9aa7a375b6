import { type BoxId, boxId } from "@loa/shared/kernel/ids.ts";
import { z } from "zod";
import type { DemoTrust } from "../trust/demo-trust.ts";
import { type DeviceFault, deviceFaults } from "../virtual-device/device-fault.ts";
import type { BoxTrouble, HostOrder } from "./live-box-spec.ts";
import type { Radio } from "./radio.ts";
import { askOthers } from "./trust-routes.ts";

/** What the demo's own switches can do to a box. */
export interface SimBox {
  readonly boxId: BoxId;
  readonly trouble: BoxTrouble;
  /** The first of `faults`. */
  fault: DeviceFault | null;
  faults: readonly DeviceFault[];
  isNetworkUp: boolean;
  isPowerOn: boolean;
}

export interface SimControl {
  readonly boxes: ReadonlyMap<BoxId, SimBox>;
  tell(box: BoxId, order: HostOrder): void;
  /** The station of the demo; null where there is none. */
  radio(): Pick<Radio, "isOnAir" | "setOnAir"> | null;
  /** Null until the province is armed. */
  trust(): DemoTrust | null;
}

/** One that ends all others, or several at once. */
const faultBody = z.union([
  z.object({ faults: z.array(z.enum(deviceFaults)) }).transform(({ faults }) => [...new Set(faults)]),
  z
    .object({ fault: z.enum(deviceFaults).nullable() })
    .transform(({ fault }) => (fault === null ? [] : [fault])),
]);
const networkBody = z.object({ up: z.boolean() });
const powerBody = z.object({ on: z.boolean() });

/** `/sim/…` of the live province; the caller has checked the operator's session and Origin. Null: not ours. */
export async function simulate(request: Request, control: SimControl): Promise<Response | null> {
  const { pathname } = new URL(request.url);
  if (!pathname.startsWith("/sim/")) return null;
  if (pathname === "/sim/boxes" && request.method === "GET")
    return Response.json({ boxes: [...control.boxes.values()] });
  if (pathname === "/sim/radio") return await turnRadio(request, control.radio());
  const others = await askOthers(request, control.trust());
  if (others !== null) return others;
  const match = /^\/sim\/boxes\/([^/]+)\/(fault|network|power)$/.exec(pathname);
  const id = boxId.safeParse(match?.[1]);
  const box = id.success ? control.boxes.get(id.data) : undefined;
  if (box === undefined || request.method !== "POST") return refused(404, "not-found");
  const body: unknown = await request.json().catch(() => null);
  return turn(match?.[2] ?? "", box, body, control) ? Response.json(box) : refused(422, "bad-body");
}

async function turnRadio(request: Request, radio: ReturnType<SimControl["radio"]>): Promise<Response> {
  if (radio === null) return refused(404, "not-found");
  if (request.method === "POST") {
    const body = powerBody.safeParse(await request.json().catch(() => null));
    if (!body.success) return refused(422, "bad-body");
    radio.setOnAir(body.data.on);
  }
  return Response.json({ isOnAir: radio.isOnAir });
}

function turn(what: string, box: SimBox, body: unknown, control: SimControl): boolean {
  const { boxId: id } = box;
  const fault = faultBody.safeParse(body);
  const network = networkBody.safeParse(body);
  const power = powerBody.safeParse(body);
  if (what === "fault" && fault.success) {
    box.faults = fault.data;
    box.fault = fault.data[0] ?? null;
    control.tell(id, { kind: "fault", box: id, faults: fault.data });
  } else if (what === "network" && network.success) {
    box.isNetworkUp = network.data.up;
    control.tell(id, { kind: "network", box: id, isUp: box.isNetworkUp });
  } else if (what === "power" && power.success) {
    box.isPowerOn = power.data.on;
    control.tell(id, { kind: "power", box: id, isOn: box.isPowerOn });
  } else return false;
  return true;
}

function refused(status: number, code: string): Response {
  return Response.json(
    { status, code, title: code },
    { status, headers: { "content-type": "application/problem+json" } },
  );
}
