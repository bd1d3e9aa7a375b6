import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openVirtualCards, type VirtualCard } from "../ears/virtual-card.ts";
import type { TemporaryFolder } from "./temp-folder.ts";

/** A card that is found by its name, as `plughw:CARD=Device` is, whatever number it has at the moment. */
export interface RenumberedCard {
  /** `makeVanish` pulls it out; `comeBack` plugs it in again, as another card of the same name. It hears only the latter. */
  readonly card: VirtualCard;
}

const NAME = "loa_usb_device";

export async function openRenumberedCard(folder: TemporaryFolder): Promise<RenumberedCard> {
  const [first, second] = await openVirtualCards([{}, { isAbsent: true }]);
  if (first === undefined || second === undefined) throw new Error("no cards");
  const path = join(folder.path, "alsa.conf");
  const nameIt = (card: VirtualCard) =>
    writeFile(
      path,
      `<${card.env.ALSA_CONFIG_PATH}>\npcm.${NAME} { type plug slave.pcm "${card.device}_hw" }\n`,
    );
  await nameIt(first);
  const card: VirtualCard = {
    ...second,
    device: NAME,
    env: { ALSA_CONFIG_PATH: path },
    events: () => [...first.events(), ...second.events()].toSorted((one, other) => one.at - other.at),
    makeVanish: () => first.makeVanish(),
    comeBack() {
      void nameIt(second).then(() => second.comeBack());
    },
    async close() {
      await Promise.all([first.close(), second.close()]);
      await folder.remove();
    },
  };
  return { card };
}
