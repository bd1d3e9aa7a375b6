import { type AreaTree, lineageOf } from "@loa/shared/broadcast/area.ts";
import type { Crypto, PublicKey } from "@loa/shared/kernel/ambient.ts";
import type { AreaId, BoxId } from "@loa/shared/kernel/ids.ts";
import { areaTopic, boxTopic, rosterTopic } from "@loa/shared/wire/topics.ts";
import type { BrokerAccess } from "./ports.ts";
import type { PlacedBox } from "./store/boxes.ts";

/** Every box that was ever enrolled, in memory: connecting must not depend on the database. */
export interface BoxDirectory extends BrokerAccess {
  /** Null when it is not in service. */
  find(box: BoxId): PlacedBox | null;
  keyOf(box: BoxId): PublicKey | null;
  inService(): readonly PlacedBox[];
  /** The area of the box and all above it, today. */
  lineageOf(box: BoxId): readonly AreaId[];
  below(area: AreaId): readonly BoxId[];
  put(box: PlacedBox): void;
  revoke(box: BoxId): void;
  /** Today's. */
  tree(): AreaTree;
  setTree(tree: AreaTree): void;
}

export function createBoxDirectory(
  boxes: readonly PlacedBox[],
  firstTree: AreaTree,
  crypto: Pick<Crypto, "sha256Hex">,
): BoxDirectory {
  const serving = new Map<BoxId, PlacedBox>();
  const revoked = new Set<BoxId>();
  const lineages = new Map<AreaId, readonly AreaId[]>();
  let tree = firstTree;

  function put(box: PlacedBox): void {
    if (box.revokedAt === null) serving.set(box.id, box);
    else revoked.add(box.id);
  }

  function lineage(box: BoxId): readonly AreaId[] {
    const area = serving.get(box)?.cluster.areaId;
    if (area === undefined) return [];
    const known = lineages.get(area) ?? lineageOf(tree, area);
    lineages.set(area, known);
    return known;
  }

  for (const box of boxes) put(box);

  return {
    authenticate(clientId, username, password) {
      const id = clientId as BoxId;
      if (revoked.has(id)) return "revoked";
      const box = serving.get(id);
      if (box === undefined || username !== clientId) return "unknown";
      // The password is 256 random bits and only its hash is compared, so the time this takes tells nothing.
      return crypto.sha256Hex(password) === box.passwordSha256 ? "ok" : "wrong-password";
    },
    allowedSubscriptions: (box) =>
      new Set([rosterTopic, boxTopic(box, "plan"), boxTopic(box, "command"), ...lineage(box).map(areaTopic)]),
    find: (box) => serving.get(box) ?? null,
    keyOf: (box) => serving.get(box)?.publicKey ?? null,
    inService: () => [...serving.values()],
    lineageOf: lineage,
    below: (area) => [...serving.keys()].filter((box) => lineage(box).includes(area)),
    put,
    revoke(box) {
      serving.delete(box);
      revoked.add(box);
    },
    tree: () => tree,
    setTree(next) {
      tree = next;
      lineages.clear();
    },
  };
}
