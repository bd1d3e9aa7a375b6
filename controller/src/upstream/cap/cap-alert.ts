import type { Instant } from "@loa/shared/kernel/time.ts";
import type {
  capCategory,
  capCertainty,
  capMsgType,
  capResponseType,
  capScope,
  capSeverity,
  capStatus,
  capUrgency,
} from "./cap-words.ts";

/** An alert of OASIS CAP 1.2 as far as we use it; names are those of its data dictionary (section 3.2). */
export interface CapAlert {
  readonly identifier: string;
  readonly sender: string;
  readonly sent: Instant;
  /** As it stands in the message: references name it by these very characters. */
  readonly sentText: string;
  readonly status: (typeof capStatus)[number];
  readonly msgType: (typeof capMsgType)[number];
  readonly scope: (typeof capScope)[number];
  readonly codes: readonly string[];
  readonly note: string | null;
  readonly references: readonly CapReference[];
  readonly incidents: string | null;
  readonly infos: readonly CapInfo[];
  /** An XML signature stands in it; whether it holds is asked elsewhere. */
  readonly isSigned: boolean;
}

export interface CapReference {
  readonly sender: string;
  readonly identifier: string;
  readonly sentText: string;
}

export interface CapInfo {
  /** RFC 3066; `en-US` where none is given. */
  readonly language: string;
  readonly categories: readonly (typeof capCategory)[number][];
  readonly event: string;
  readonly responseTypes: readonly (typeof capResponseType)[number][];
  readonly urgency: (typeof capUrgency)[number];
  readonly severity: (typeof capSeverity)[number];
  readonly certainty: (typeof capCertainty)[number];
  readonly eventCodes: readonly CapNamed[];
  readonly effective: Instant | null;
  readonly onset: Instant | null;
  readonly expires: Instant | null;
  readonly senderName: string | null;
  readonly headline: string | null;
  readonly description: string | null;
  readonly instruction: string | null;
  readonly areas: readonly CapArea[];
}

export interface CapNamed {
  readonly valueName: string;
  readonly value: string;
}

/** WGS 84, degrees. */
export interface CapPoint {
  readonly latitude: number;
  readonly longitude: number;
}

export interface CapArea {
  readonly areaDesc: string;
  /** Closed: the last point is the first. */
  readonly polygons: readonly (readonly CapPoint[])[];
  readonly circles: readonly { readonly centre: CapPoint; readonly radiusKm: number }[];
  readonly geocodes: readonly CapNamed[];
}
