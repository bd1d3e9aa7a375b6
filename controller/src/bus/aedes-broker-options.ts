import type { Clock, Log } from "@loa/shared/kernel/ambient.ts";
import type { BrokerRights } from "./box-rights.ts";
import type { BrokerLimits } from "./broker-limits.ts";
import type { AllowedSubscriptions, Authenticate } from "./broker-port.ts";
import type { TlsOptions } from "./listener.ts";

export interface AedesBrokerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: TlsOptions;
  readonly authenticate: Authenticate;
  readonly allowedSubscriptions: AllowedSubscriptions;
  /** Instead of the rights of boxes, which leave little of MQTT. */
  readonly rights?: BrokerRights;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<BrokerLimits>;
}
