import type { Emergency } from "@loa/shared/broadcast/emergency.ts";
import { type CommandId, commandId, emergencyId } from "@loa/shared/kernel/ids.ts";
import { instant } from "@loa/shared/kernel/time.ts";
import { z } from "zod";
import type { VirtualController } from "../virtual/virtual-controller.ts";

/** What the control room has on its disk, whether it runs or not. */
type Disk = Pick<VirtualController, "database">;

export interface BookedEmergency {
  readonly emergency: Emergency;
  readonly command: CommandId;
  readonly cancelCommand: CommandId | null;
}

const emergencyRows = z.array(
  z
    .object({
      id: emergencyId,
      headline: z.string(),
      at: instant,
      expires_at: instant,
      siren_ms: z.number(),
      times: z.number(),
      gap_ms: z.number(),
      command_id: commandId,
      cancel_command_id: commandId.nullable(),
    })
    .transform((row): BookedEmergency => {
      const { id, headline, at, times } = row;
      const said = { sirenMs: row.siren_ms, notice: null, times, gapMs: row.gap_ms };
      const emergency: Emergency = {
        ...{ id, headline, at, severity: "actual", expiresAt: row.expires_at },
        ...said,
      };
      return { emergency, command: row.command_id, cancelCommand: row.cancel_command_id };
    }),
);
const commandRows = z.array(z.object({ id: commandId }));
const outboxRows = z.array(z.object({ kind: z.string(), box_id: z.string() }));

/** The first one first. They are actual ones, with the built-in words. */
export function emergenciesIn({ database }: Disk): readonly BookedEmergency[] {
  const columns = "id, headline, at, expires_at, siren_ms, times, gap_ms, command_id, cancel_command_id";
  return emergencyRows.parse(database.rows(`SELECT ${columns} FROM emergency ORDER BY at`));
}

export function stopIn({ database }: Disk): CommandId | null {
  return commandRows.parse(database.rows("SELECT id FROM stop_order ORDER BY at"))[0]?.id ?? null;
}

/** In the end nobody is owed a word any more. */
export function waitingIn({ database }: Disk): readonly string[] {
  const rows = outboxRows.parse(database.rows("SELECT kind, box_id FROM outbox WHERE state = 'pending'"));
  return rows.map((row) => `${row.box_id}: ${row.kind} still waits`);
}
