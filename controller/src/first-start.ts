import { areaId, userId } from "@loa/shared/kernel/ids.ts";
import { type LocalDate, toLocal } from "@loa/shared/kernel/time.ts";
import type { ControllerConfig } from "./config.ts";
import { roles } from "./domain/access.ts";
import type { ControllerPorts } from "./ports.ts";
import { insertArea, insertPlacement } from "./store/areas.ts";
import { writeAudit } from "./store/audit.ts";
import type { Database } from "./store/database.ts";
import { hasUsers, insertGrant, insertUser, type User } from "./store/users.ts";

/** The root has always stood. */
const ROOT_FROM = "1975-04-30" as LocalDate;

/** Whether the database was empty, and now holds the root of the tree and the first operators. */
export async function makeFirstStart(
  db: Database,
  { clock, passwords }: Pick<ControllerPorts, "clock" | "passwords">,
  { firstStart }: Pick<ControllerConfig, "firstStart">,
): Promise<boolean> {
  if (await hasUsers(db)) return false;
  const root = areaId.parse(firstStart.root.id);
  const at = clock.now();
  const operators: User[] = [];
  for (const { name, password } of firstStart.operators) {
    operators.push({
      id: userId.parse(name),
      name,
      passwordHash: await passwords.hash(password),
      createdAt: at,
    });
  }
  await db.transaction().execute(async (tx) => {
    await insertArea(tx, { id: root, kind: "province", name: firstStart.root.name });
    await insertPlacement(tx, { areaId: root, parentId: null, from: ROOT_FROM, to: null });
    for (const operator of operators) {
      await insertUser(tx, operator);
      // A vendor comes from outside, and for some days.
      for (const role of roles.filter((one) => one !== "vendor")) {
        await insertGrant(tx, operator.id, { role, areaId: root, from: toLocal(at).date, to: null });
      }
    }
    const detail = { operators: operators.map((one) => one.name) };
    await writeAudit(tx, {
      at,
      userId: null,
      act: "first.started",
      subject: `area:${root}`,
      areaId: root,
      detail,
    });
  });
  firstStart.made?.();
  return true;
}
