import { daily } from "./api-content.ts";
import { inArea } from "./cap-messages.ts";

/** Everything that belongs to the commune «an», by the name under which the table below asks for it. */
export interface Secrets {
  readonly clip: string;
  readonly bulletin: string;
  readonly programme: string;
  readonly relay: string;
  readonly schedule: string;
  readonly stop: string;
  readonly emergency: string;
  readonly alert: string;
  readonly person: string;
  readonly grant: string;
  readonly session: string;
  /** An emergency that waits for approval. */
  readonly draft: string;
  /** What was approved in advance of alerts. */
  readonly standing: string;
  readonly passkey: string;
}

export type Attempt =
  /** Nothing of «an» may be in the answer. */
  | { readonly kind: "list"; readonly path?: (s: Secrets) => string }
  /** Refused with one of these; nothing may be said or changed. */
  | {
      readonly kind: "refused";
      readonly path?: (s: Secrets) => string;
      readonly body?: (s: Secrets) => object;
      readonly codes?: readonly string[];
    }
  /** Tells or changes nothing that belongs to an area. */
  | { readonly kind: "own"; readonly why: string };

const area = ["area-not-yours"];

/** What a person with every role, but in the neighbour commune, tries with each operation of the API. */
export const attempts: Readonly<Record<string, Attempt>> = {
  "GET /healthz": { kind: "own", why: "open to all" },
  "GET /metrics": { kind: "own", why: "counts of the whole; by token or from the loopback" },
  "POST /api/v1/session": { kind: "own", why: "sign-in" },
  "GET /api/v1/session": { kind: "own", why: "who am I" },
  "DELETE /api/v1/session": { kind: "own", why: "one's own session" },
  "PUT /api/v1/session/password": { kind: "own", why: "one's own password" },
  "POST /api/v1/session/passkey": { kind: "own", why: "sign-in" },
  "POST /api/v1/session/passkey/options": { kind: "own", why: "a challenge, the same for all" },
  "POST /api/v1/session/step-up": { kind: "own", why: "one's own session" },
  "POST /api/v1/session/step-up/options": { kind: "own", why: "one's own passkeys" },
  "GET /api/v1/sessions": { kind: "list" },
  "DELETE /api/v1/sessions": { kind: "own", why: "one's own sessions" },
  "DELETE /api/v1/sessions/{id}": { kind: "refused", path: (s) => `/api/v1/sessions/${s.session}` },
  "GET /api/v1/passkeys": { kind: "list" },
  "POST /api/v1/passkeys/options": { kind: "own", why: "a challenge for oneself" },
  "POST /api/v1/passkeys": { kind: "own", why: "for oneself" },
  "PATCH /api/v1/passkeys/{id}": {
    kind: "refused",
    path: (s) => `/api/v1/passkeys/${s.passkey}`,
    body: () => ({ name: "mine" }),
  },
  "DELETE /api/v1/passkeys/{id}": { kind: "refused", path: (s) => `/api/v1/passkeys/${s.passkey}` },
  "GET /api/v1/session/ways": { kind: "own", why: "open to all" },
  "POST /api/v1/session/openid": { kind: "own", why: "sign-in" },
  "GET /api/v1/session/openid/callback": { kind: "own", why: "sign-in" },
  "PUT /api/v1/users/{id}/identity": {
    kind: "refused",
    path: (s) => `/api/v1/users/${s.person}/identity`,
    body: () => ({ subject: "mine" }),
  },
  "GET /api/v1/users": { kind: "list" },
  "POST /api/v1/users": {
    kind: "refused",
    body: () => ({ name: "friend", grants: [{ role: "viewer", areaId: "an" }] }),
    codes: area,
  },
  "POST /api/v1/users/{id}/grants": {
    kind: "refused",
    path: (s) => `/api/v1/users/${s.person}/grants`,
    body: () => ({ role: "viewer", areaId: "binh" }),
  },
  "POST /api/v1/users/{id}/recover": {
    kind: "refused",
    path: (s) => `/api/v1/users/${s.person}/recover`,
  },
  "DELETE /api/v1/grants/{id}": { kind: "refused", path: (s) => `/api/v1/grants/${s.grant}` },
  "POST /api/v1/enrol": { kind: "own", why: "by claim code" },
  "GET /api/v1/areas": { kind: "list" },
  "POST /api/v1/areas": {
    kind: "refused",
    body: () => ({ kind: "village", name: "Thôn lạ", parentId: "an" }),
    codes: area,
  },
  "GET /api/v1/areas/{id}/rules": { kind: "refused", path: () => "/api/v1/areas/an/rules" },
  "PUT /api/v1/areas/{id}/rules": {
    kind: "refused",
    path: () => "/api/v1/areas/an/rules",
    body: () => ({ quietHours: [], weekdays: null, maxSessionsPerDay: 1, maxSessionMs: null }),
  },
  "GET /api/v1/areas/{id}/settings": { kind: "refused", path: () => "/api/v1/areas/an/settings" },
  "PUT /api/v1/areas/{id}/settings": {
    kind: "refused",
    path: () => "/api/v1/areas/an/settings",
    body: () => ({ volume: null, filler: null }),
  },
  "GET /api/v1/areas/{id}/audio": { kind: "refused", path: () => "/api/v1/areas/an/audio" },
  "PUT /api/v1/areas/{id}/audio": {
    kind: "refused",
    path: () => "/api/v1/areas/an/audio",
    body: () => ({ rendition: "opus-24" }),
  },
  "GET /api/v1/settings/ingest": { kind: "own", why: "of the whole, and nothing of an area" },
  "PUT /api/v1/settings/ingest": {
    kind: "refused",
    body: () => ({ trimBelowDb: -50, trimKeepMs: 100, keepOriginalDays: 0, originalsMb: 0 }),
  },
  "POST /api/v1/areas/{id}/stop": { kind: "refused", path: () => "/api/v1/areas/an/stop" },
  "GET /api/v1/stops/{id}": { kind: "refused", path: (s) => `/api/v1/stops/${s.stop}` },
  "GET /api/v1/emergencies": { kind: "list" },
  "GET /api/v1/emergencies/{id}": { kind: "refused", path: (s) => `/api/v1/emergencies/${s.emergency}` },
  "POST /api/v1/emergencies": {
    kind: "refused",
    body: () => ({
      areas: ["binh", "an-thon"],
      severity: "actual",
      headline: "t",
      message: null,
      confirm: "KHẨN CẤP",
    }),
    codes: area,
  },
  "POST /api/v1/emergencies/{id}/cancel": {
    kind: "refused",
    path: (s) => `/api/v1/emergencies/${s.emergency}/cancel`,
  },
  "GET /api/v1/standing-approvals": { kind: "list" },
  "GET /api/v1/standing-approvals/{id}": {
    kind: "refused",
    path: (s) => `/api/v1/standing-approvals/${s.standing}`,
  },
  "POST /api/v1/standing-approvals": {
    kind: "refused",
    body: () => ({
      ...{ areas: ["binh", "an-thon"], severity: "actual", headline: "t", message: null },
      ...{ confirm: "KHẨN CẤP", sender: "kttv", events: ["Lũ"] },
    }),
    codes: area,
  },
  "POST /api/v1/standing-approvals/{id}/approvals": {
    kind: "refused",
    path: (s) => `/api/v1/standing-approvals/${s.standing}/approvals`,
    body: () => ({ credential: "c", authenticatorData: "AA", clientDataJSON: "AA", signature: "AA" }),
  },
  "POST /api/v1/standing-approvals/{id}/withdraw": {
    kind: "refused",
    path: (s) => `/api/v1/standing-approvals/${s.standing}/withdraw`,
  },
  "GET /api/v1/cap": { kind: "list" },
  "POST /api/v1/cap": {
    kind: "refused",
    body: () => new TextEncoder().encode(inArea("an").replace("KTTV-2026-11-23-001", "KTTV-2")),
    codes: area,
  },
  "POST /api/v1/cap/{id}/dismiss": { kind: "refused", path: (s) => `/api/v1/cap/${s.alert}/dismiss` },
  "GET /api/v1/cap-senders": { kind: "refused", codes: ["forbidden"] },
  "PUT /api/v1/cap-senders/{sender}": {
    kind: "refused",
    path: () => "/api/v1/cap-senders/kttv",
    codes: ["forbidden"],
  },
  "DELETE /api/v1/cap-senders/{sender}": {
    kind: "refused",
    path: () => "/api/v1/cap-senders/kttv",
    codes: ["forbidden"],
  },
  "PUT /api/v1/cap-senders/{sender}/certificate": {
    kind: "refused",
    path: () => "/api/v1/cap-senders/kttv/certificate",
    body: () => ({ pem: null }),
    codes: ["forbidden"],
  },
  "GET /api/v1/cap-feeds": { kind: "refused", codes: ["forbidden"] },
  "POST /api/v1/cap-feeds": {
    kind: "refused",
    body: () => ({ url: "https://feed.example/cap" }),
    codes: ["forbidden"],
  },
  "POST /api/v1/cap-feeds/remove": {
    kind: "refused",
    body: () => ({ url: "https://feed.example/cap" }),
    codes: ["forbidden"],
  },
  "POST /api/v1/renew": { kind: "own", why: "by the box's own certificate" },
  "DELETE /api/v1/boxes/{id}/cloned": { kind: "refused", path: () => "/api/v1/boxes/box-an/cloned" },
  "GET /api/v1/trust/authority": { kind: "own", why: "open to all" },
  "GET /api/v1/trust/revoked": { kind: "own", why: "open to all" },
  "GET /api/v1/trust/certificates": { kind: "list" },
  "GET /api/v1/trust/refusals": { kind: "own", why: "counts of the whole, for auditors" },
  "GET /api/v1/roster": { kind: "own", why: "what every box believes, for all to check" },
  "GET /api/v1/roster/proposal": { kind: "refused" },
  "POST /api/v1/roster/proposal": { kind: "refused", body: () => ({}) },
  "POST /api/v1/roster": {
    kind: "refused",
    body: () => ({ payload: "e30", signatures: [] }),
    codes: ["not-found", "bad-request"],
  },
  "GET /api/v1/path-tests": { kind: "list" },
  "POST /api/v1/path-tests": { kind: "refused", body: () => ({ area: "an" }) },
  "GET /api/v1/emergency-drafts": { kind: "list" },
  "GET /api/v1/emergency-drafts/{id}": {
    kind: "refused",
    path: (s) => `/api/v1/emergency-drafts/${s.draft}`,
  },
  "POST /api/v1/emergency-drafts/{id}/approvals": {
    kind: "refused",
    path: (s) => `/api/v1/emergency-drafts/${s.draft}/approvals`,
    body: () => ({ credential: "aa", authenticatorData: "aa", clientDataJSON: "aa", signature: "aa" }),
  },
  "POST /api/v1/emergency-drafts/{id}/withdraw": {
    kind: "refused",
    path: (s) => `/api/v1/emergency-drafts/${s.draft}/withdraw`,
  },
  "POST /api/v1/emergency-drafts/{id}/again": {
    kind: "refused",
    path: (s) => `/api/v1/emergency-drafts/${s.draft}/again`,
  },
  "POST /api/v1/emergencies/{id}/correct": {
    kind: "refused",
    path: (s) => `/api/v1/emergencies/${s.emergency}/correct`,
  },
  "GET /api/v1/audit/chain": { kind: "refused", codes: ["forbidden"] },
  "GET /api/v1/clusters": { kind: "list" },
  "POST /api/v1/clusters": {
    kind: "refused",
    body: () => ({ name: "Cụm lạ", areaId: "an-thon", horns: 1 }),
    codes: area,
  },
  "PATCH /api/v1/clusters/{id}": {
    kind: "refused",
    path: () => "/api/v1/clusters/cluster-an",
    body: () => ({ gainDb: 20 }),
  },
  "POST /api/v1/clusters/{id}/claim": { kind: "refused", path: () => "/api/v1/clusters/cluster-an/claim" },
  "GET /api/v1/boxes": { kind: "list", path: () => "/api/v1/boxes?area=an" },
  "GET /api/v1/boxes/{id}": { kind: "refused", path: () => "/api/v1/boxes/box-an" },
  "GET /api/v1/boxes/{id}/self-tests": {
    kind: "refused",
    path: () => "/api/v1/boxes/box-an/self-tests",
  },
  "GET /api/v1/readiness": { kind: "list", path: () => "/api/v1/readiness?area=an" },
  "GET /api/v1/boxes/{id}/samples": {
    kind: "refused",
    path: () => "/api/v1/boxes/box-an/samples?capability=mains.voltage",
  },
  "GET /api/v1/boxes/{id}/local-orders": {
    kind: "refused",
    path: () => "/api/v1/boxes/box-an/local-orders",
  },
  "POST /api/v1/boxes/{id}/local-orders": {
    kind: "refused",
    path: () => "/api/v1/boxes/box-an/local-orders",
    body: () => ({
      headline: "Nước tràn bờ kè",
      message: null,
      trigger: { capability: "amplifier.temperature", edge: "above", limit: 60 },
      from: 0,
      to: 4_102_444_800_000,
      confirm: "KHẨN CẤP",
    }),
  },
  "GET /api/v1/boxes/{id}/why": { kind: "refused", path: () => "/api/v1/boxes/box-an/why" },
  "POST /api/v1/boxes/{id}/revoke": { kind: "refused", path: () => "/api/v1/boxes/box-an/revoke" },
  "POST /api/v1/speech/dry-run": { kind: "own", why: "how a text is read" },
  "POST /api/v1/speech/preview": { kind: "own", why: "the sound of one's own text" },
  "POST /api/v1/speech": { kind: "own", why: "one's own clip" },
  "POST /api/v1/clips": { kind: "own", why: "uploads belong to the person" },
  "GET /api/v1/clips": { kind: "list" },
  "GET /api/v1/clips/{sha256}/audio": { kind: "refused", path: (s) => `/api/v1/clips/${s.clip}/audio` },
  "GET /api/v1/clips/{sha256}/original": { kind: "refused", path: (s) => `/api/v1/clips/${s.clip}/original` },
  "GET /api/v1/ingests/{job}": { kind: "own", why: "one's own uploads, by a name that one chose" },
  "POST /api/v1/bulletins": {
    kind: "refused",
    body: (s) => ({ title: "t", class: "normal", field: "other", clip: s.clip, areaId: "binh" }),
  },
  "GET /api/v1/bulletins": { kind: "list" },
  "GET /api/v1/relays": { kind: "list" },
  "POST /api/v1/relays": {
    kind: "refused",
    body: () => ({ title: "t", areaId: "an", source: { kind: "input", input: "fm" } }),
    codes: area,
  },
  "PUT /api/v1/relays/{id}": {
    kind: "refused",
    path: (s) => `/api/v1/relays/${s.relay}`,
    body: () => ({ title: "t", source: { kind: "stream", url: "https://evil.example/live" } }),
  },
  "DELETE /api/v1/relays/{id}": { kind: "refused", path: (s) => `/api/v1/relays/${s.relay}` },
  "POST /api/v1/programmes": {
    kind: "refused",
    body: (s) => ({ title: "t", items: [{ bulletin: s.bulletin }], areaId: "binh" }),
  },
  "GET /api/v1/programmes": { kind: "list" },
  "POST /api/v1/schedules/dry-run": {
    kind: "refused",
    body: (s) => ({ title: "t", programmeId: s.programme, areas: ["binh"], recurrence: daily }),
  },
  "POST /api/v1/schedules": {
    kind: "refused",
    body: (s) => ({ title: "t", programmeId: s.programme, areas: ["binh"], recurrence: daily }),
  },
  "GET /api/v1/schedules": { kind: "list" },
  "GET /api/v1/schedules/{id}": { kind: "refused", path: (s) => `/api/v1/schedules/${s.schedule}` },
  "DELETE /api/v1/schedules/{id}": { kind: "refused", path: (s) => `/api/v1/schedules/${s.schedule}` },
  "POST /api/v1/schedules/{id}/confirm-exception": {
    kind: "refused",
    path: (s) => `/api/v1/schedules/${s.schedule}/confirm-exception`,
  },
  "GET /api/v1/agenda": { kind: "list", path: () => "/api/v1/agenda?area=an" },
  "GET /api/v1/receipts": { kind: "list", path: () => "/api/v1/receipts?area=an" },
  "GET /api/v1/events": { kind: "own", why: "filtered by area, tested with the live feed" },
  "GET /api/v1/audit": { kind: "list" },
  "GET /content/v1/{sha256}": { kind: "own", why: "by the credential of a box, tested with content" },
};
