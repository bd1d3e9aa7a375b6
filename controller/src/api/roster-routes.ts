import { createRoute, z } from "@hono/zod-openapi";
import type { AreaId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import {
  type Roster,
  roster,
  rosterKey,
  rosterRoot,
  rosterText,
  safetyLimits,
  signedRoster,
} from "@loa/shared/trust/roster.ts";
import { rolesFor } from "../domain/access.ts";
import { ALARM_DAYS } from "../domain/expiry.ts";
import {
  type Approver,
  isRoomy,
  proposeRoster,
  provinceOf,
  rosterExpiries,
} from "../domain/roster-proposal.ts";
import { allPasskeysWithGrants } from "../store/approvers.ts";
import { writeAudit } from "../store/audit.ts";
import { copiedCredentials } from "../store/passkeys.ts";
import { bareKeyOf } from "../webauthn.ts";
import type { ApiDeps } from "./api-deps.ts";
import type { Api } from "./api-env.ts";
import { HttpProblem, refusals } from "./http-problem.ts";
import { type Operator, requireAct, requireFresh, todaysTree } from "./operator.ts";
import { approvalSite } from "./relying-party.ts";

const DEFAULT_DAYS = 365;
const MAX_DAYS = 5 * 365;

const shownRoster = z
  .object({
    version: z.number().int(),
    issuedAt: instant,
    expiresAt: instant,
    province: roster.shape.province,
    threshold: z.number().int(),
    rootKeys: z.array(z.object({ id: z.string() })).readonly(),
    approvals: roster.shape.approvals,
    safety: safetyLimits.nullable(),
    keys: z
      .array(
        z.object({
          id: z.string(),
          algorithm: rosterKey.shape.algorithm,
          holder: rosterKey.shape.holder,
          /** A person's key; the others seal envelopes. */
          passkey: z.boolean(),
          /** When its count of signatures did not rise: somebody has a copy. */
          copiedAt: instant.nullable(),
          grants: rosterKey.shape.grants,
        }),
      )
      .readonly(),
    /** The nearest end first. */
    expiries: z
      .array(
        z.object({
          what: z.enum(["roster", "key"]),
          key: z.string().nullable(),
          holder: z.string().nullable(),
          at: instant,
          state: z.enum(["valid", "expiring", "expired"]),
          /** The last of the thresholds that was passed, in days. */
          alarmDays: z.literal([...ALARM_DAYS]).nullable(),
        }),
      )
      .readonly(),
  })
  .openapi("Roster");

const getRoster = createRoute({
  method: "get",
  path: "/api/v1/roster",
  summary: "Which keys boxes believe, and how many boxes have heard of it",
  responses: {
    200: {
      description: "The roster in force; null where none was ever brought",
      content: {
        "application/json": {
          schema: z.object({
            roster: shownRoster.nullable(),
            boxes: z.object({
              current: z.number().int(),
              older: z.number().int(),
              none: z.number().int(),
            }),
          }),
        },
      },
    },
    ...refusals(),
  },
});

const wishes = z.strictObject({
  root: z.strictObject(rosterRoot.shape).optional(),
  approvals: roster.shape.approvals.optional(),
  safety: safetyLimits.nullable().optional(),
  validDays: z.number().int().min(1).max(MAX_DAYS).default(DEFAULT_DAYS),
  after: z
    .number()
    .int()
    .min(0)
    .default(0)
    .openapi({ description: "A version that boxes have already: a new control room has to go on above it" }),
});

const proposed = {
  200: {
    description: "The text that the holders of the root sign",
    content: { "application/json": { schema: z.object({ payload: z.string() }) } },
  },
  ...refusals("forbidden", "no-roster", "too-many-approvers"),
};

const getProposal = createRoute({
  method: "get",
  path: "/api/v1/roster/proposal",
  summary: "The next version, out of everybody's passkeys and grants; all else as it is",
  responses: proposed,
});

const propose = createRoute({
  method: "post",
  path: "/api/v1/roster/proposal",
  summary:
    "The next version, with another root or other limits; nothing is changed by asking, which is on record",
  request: { body: { required: true, content: { "application/json": { schema: wishes } } } },
  responses: proposed,
});

const bring = createRoute({
  method: "post",
  path: "/api/v1/roster",
  summary:
    "Bring a version that the holders of the root have signed; all boxes hear of it. The first pins its root",
  request: { body: { required: true, content: { "application/json": { schema: signedRoster } } } },
  responses: {
    201: {
      description: "In force",
      content: { "application/json": { schema: z.object({ version: z.number().int() }) } },
    },
    ...refusals("forbidden", "roster-refused", "step-up-needed"),
  },
});

export function rosterRoutes(api: Api, deps: ApiDeps): void {
  api.openapi(getRoster, async (c) => {
    const current = deps.rosters.inForce();
    const versions = deps.fleet.rosterVersions();
    const count = (is: (version: number) => boolean) => versions.filter(is).length;
    const wanted = current?.version ?? 0;
    const boxes = {
      current: count((version) => version > 0 && version === wanted),
      older: count((version) => version > 0 && version !== wanted),
      none: count((version) => version === 0),
    };
    return c.json({ roster: current === null ? null : await shown(deps, current), boxes }, 200);
  });

  api.openapi(getProposal, async (c) => {
    const asked = { validDays: DEFAULT_DAYS, after: 0 };
    return c.json({ payload: await proposalOf(deps, c.get("operator"), asked) }, 200);
  });

  api.openapi(propose, async (c) =>
    c.json({ payload: await proposalOf(deps, c.get("operator"), c.req.valid("json")) }, 200),
  );

  api.openapi(bring, async (c) => {
    const operator = c.get("operator");
    await requireProvince(deps, operator);
    requireFresh(deps, operator);
    const taken = await deps.rosters.take(c.req.valid("json"), operator.userId);
    if (!taken.ok) throw new HttpProblem("roster-refused", { reason: taken.error });
    return c.json({ version: taken.value.version }, 201);
  });
}

async function shown({ clock, db }: ApiDeps, current: Roster): Promise<z.infer<typeof shownRoster>> {
  const copied = await copiedCredentials(db);
  const { version, issuedAt, expiresAt, province, root, approvals, safety, keys } = current;
  return {
    ...{ version, issuedAt, expiresAt, province, approvals, safety },
    threshold: root.threshold,
    rootKeys: root.keys.map(({ id }) => ({ id })),
    keys: keys.map(({ id, algorithm, holder, passkey, grants }) => {
      const copiedAt = passkey === null ? null : (copied.get(passkey.credential) ?? null);
      return { id, algorithm, holder, passkey: passkey !== null, copiedAt, grants };
    }),
    expiries: rosterExpiries(current, clock.now()),
  };
}

async function proposalOf(deps: ApiDeps, operator: Operator, asked: z.infer<typeof wishes>): Promise<string> {
  const province = await requireProvince(deps, operator);
  const current = deps.rosters.inForce();
  const root = asked.root ?? current?.root;
  if (root === undefined) throw new HttpProblem("no-roster");
  const { rpId, origin } = approvalSite(deps.config);
  const { issuer, publicKey } = deps.config;
  const next = proposeRoster(
    current,
    {
      province,
      root,
      approvals: asked.approvals ?? current?.approvals ?? { actual: 2, exercise: 2 },
      safety: asked.safety === undefined ? (current?.safety ?? null) : asked.safety,
      validDays: asked.validDays,
      after: asked.after,
      approvers: await approversOf(deps, operator),
      site: { rpId, origin },
      controller: { issuer, publicKey },
    },
    deps.clock.now(),
  );
  if (!isRoomy(next)) throw new HttpProblem("too-many-approvers", { keys: next.keys.length });
  await noteProposed(deps, operator, next);
  return rosterText(next);
}

/** Whose keys somebody wanted signed can be compared with what was. */
async function noteProposed(
  { db, clock }: ApiDeps,
  { userId }: Operator,
  { version, province, root, keys }: Roster,
): Promise<void> {
  const detail = {
    version,
    root: root.keys.map(({ id }) => id),
    keys: keys.map(({ id, holder }) => `${id} ${holder?.person ?? ""}`.trim()),
  };
  const subject = `roster:${version}`;
  await db
    .transaction()
    .execute((tx) =>
      writeAudit(tx, { at: clock.now(), userId, act: "roster.proposed", subject, areaId: province, detail }),
    );
}

/** Whoever may change what all boxes believe leads the whole province. */
async function requireProvince(deps: ApiDeps, operator: Operator): Promise<AreaId> {
  const province = provinceOf(await todaysTree(deps, operator));
  if (province === null) throw new HttpProblem("forbidden");
  await requireAct(deps, operator, "set-up-roster", province);
  return province;
}

async function approversOf({ db, crypto }: ApiDeps, { today }: Operator): Promise<readonly Approver[]> {
  const found = await allPasskeysWithGrants(db, rolesFor["approve-emergency"], today);
  return found.map(({ person, name, passkey, grants }) => ({
    ...{ person, name, grants },
    keyHash: crypto.sha256Hex(passkey.credentialId),
    credential: passkey.credentialId,
    algorithm: passkey.algorithm,
    publicKey: bareKeyOf(passkey),
  }));
}
