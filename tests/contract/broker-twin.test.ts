import { startTwinNetwork } from "../support/twin-network.ts";
import { brokerContract } from "./broker.contract.ts";

brokerContract({ name: "the simulator's twin", start: startTwinNetwork, tellsWhoIsConnected: true });
