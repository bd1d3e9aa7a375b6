import { type ControlRoom, type ControlRoomOptions, openControlRoom } from "@loa/controller/control-room.ts";
import { createLogBook } from "./log-book.ts";

/** What the first operator of every such control room signs in with. */
export const ownOperator = { name: "operator", password: "one-printed-password" } as const;

/** A control room of its own on the loopback, with one operator and one province; `webFolder` is its page, if it has one. */
export function openOwnControlRoom(
  dataFolder: string,
  webFolder: string | null,
  changed: Partial<ControlRoomOptions> = {},
): Promise<ControlRoom> {
  return openControlRoom({
    host: "127.0.0.1",
    httpPort: 0,
    mqttPort: 0,
    dataFolder,
    webFolder,
    publicUrl: null,
    publicMqttUrl: null,
    mqttTls: null,
    metricsToken: null,
    firstStart: { root: { id: "tinh-thu", name: "Tỉnh Thử" }, operators: [ownOperator] },
    log: createLogBook(),
    ...changed,
  });
}
