import { describe, expect, test } from "vitest";
import { brokerFuzz } from "../fuzz/broker-fuzz.ts";
import { foundRounds } from "../fuzz/found-rounds.ts";
import { inboxFuzz } from "../fuzz/inbox-fuzz.ts";

const fuzzes = { broker: brokerFuzz, inbox: inboxFuzz };

/** `npm run fuzz` goes on where these end. */
describe("hostile bytes find nothing", () => {
  test.for([
    {
      part: "broker",
      seed: "short",
      round: 300,
      count: 200,
      what: "with the rights of boxes, and with open ones",
    },
    {
      part: "inbox",
      seed: "short",
      round: 0,
      count: 4,
      what: "forged, and signed with the controller's key",
    },
    ...foundRounds,
  ] as const)("$part, seed $seed, round $round: $what", async ({ part, seed, round, count }) => {
    const isOver = (next: number) => next >= round + count;
    const { rounds } = await fuzzes[part].run({ seed, firstRound: round, isOver });
    expect(rounds).toBe(count);
  });
});
