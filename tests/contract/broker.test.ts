import { startAedesNetwork } from "../support/aedes-network.ts";
import { startMosquittoNetwork } from "../support/mosquitto-network.ts";
import { describeWithPart } from "../support/system-part.ts";
import { brokerContract } from "./broker.contract.ts";

brokerContract({ name: "Aedes inside the controller", start: startAedesNetwork, tellsWhoIsConnected: true });

describeWithPart("mosquitto", "external", ({ path }) => {
  brokerContract({
    name: "mosquitto",
    start: () => startMosquittoNetwork(path),
    tellsWhoIsConnected: false,
  });
});
