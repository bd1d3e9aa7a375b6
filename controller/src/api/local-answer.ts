import type { Draft } from "../domain/drafts.ts";
import { lastAnswerOf } from "../store/outbox.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { ShownDraft } from "./draft-shapes.ts";

/** What the box made of a message that it may start by itself; null where there is none to hold. */
export async function answerOfBox({ db, drafts }: ApiDeps, draft: Draft): Promise<ShownDraft["atBox"]> {
  const { order, raisedAt, withdrawn, payload } = draft;
  if (order.kind === "emergency" || raisedAt === null || withdrawn !== null) return null;
  // Who has approved it may do so no more: it is not sent, and a box that has it starts nothing.
  const isSent = drafts.localOrders(order.box).some((one) => one.payload === payload);
  if (!isSent) return { state: "not-sent", reason: null };
  const last = await lastAnswerOf(db, order.box, "local");
  if (last?.state === "refused") return { state: "refused", reason: last.reason };
  return { state: last?.state === "accepted" ? "held" : "on-its-way", reason: null };
}
