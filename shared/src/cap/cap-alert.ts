import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import {
  capCategory,
  capCertainty,
  capMsgType,
  capResponseType,
  capScope,
  capSeverity,
  capStatus,
  capUrgency,
} from "./cap-words.ts";

/**
 * An alert of OASIS CAP 1.2 as far as we use it; names are those of its data dictionary (section 3.2). `read-cap.ts`
 * makes it from the document and holds it against the dictionary; this shape is how it is kept.
 */

const text = z.string().nullable();
const named = z.object({ valueName: z.string(), value: z.string() });
export type CapNamed = z.infer<typeof named>;

/** WGS 84, degrees. */
const point = z.object({ latitude: z.number(), longitude: z.number() });
export type CapPoint = z.infer<typeof point>;

const area = z.object({
  areaDesc: z.string(),
  /** Closed: the last point is the first. */
  polygons: z.array(z.array(point).readonly()).readonly(),
  circles: z.array(z.object({ centre: point, radiusKm: z.number() })).readonly(),
  geocodes: z.array(named).readonly(),
});
export type CapArea = z.infer<typeof area>;

const info = z.object({
  /** RFC 3066; `en-US` where none is given. */
  language: z.string(),
  categories: z.array(z.enum(capCategory)).readonly(),
  event: z.string(),
  responseTypes: z.array(z.enum(capResponseType)).readonly(),
  urgency: z.enum(capUrgency),
  severity: z.enum(capSeverity),
  certainty: z.enum(capCertainty),
  eventCodes: z.array(named).readonly(),
  effective: instant.nullable(),
  onset: instant.nullable(),
  expires: instant.nullable(),
  senderName: text,
  headline: text,
  description: text,
  instruction: text,
  areas: z.array(area).readonly(),
});
export type CapInfo = z.infer<typeof info>;

const reference = z.object({ sender: z.string(), identifier: z.string(), sentText: z.string() });
export type CapReference = z.infer<typeof reference>;

export const capAlert = z.object({
  identifier: z.string(),
  sender: z.string(),
  sent: instant,
  /** As it stands in the message: references name it by these very characters. */
  sentText: z.string(),
  status: z.enum(capStatus),
  msgType: z.enum(capMsgType),
  scope: z.enum(capScope),
  codes: z.array(z.string()).readonly(),
  note: text,
  references: z.array(reference).readonly(),
  incidents: text,
  infos: z.array(info).readonly(),
  /** An XML signature stands in it; whether it holds is asked elsewhere. */
  isSigned: z.boolean(),
  /** The sender's own certificate has signed all of it. */
  isSignatureGood: z.boolean().default(false),
});
export type CapAlert = z.infer<typeof capAlert>;
