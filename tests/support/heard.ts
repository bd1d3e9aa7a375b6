/** What a listener has heard, in order; a test waits for what it expects instead of sleeping. */
export class Heard<Item> {
  readonly items: Item[] = [];
  private readonly waiting = new Set<() => void>();

  readonly add = (item: Item): void => {
    this.items.push(item);
    for (const check of [...this.waiting]) check();
  };

  /** The `count`th item (from 1) that fits; the test's own time limit ends the wait. */
  first<Found extends Item>(fits: (item: Item) => item is Found, count?: number): Promise<Found>;
  first(fits: (item: Item) => boolean, count?: number): Promise<Item>;
  first(fits: (item: Item) => boolean, count = 1): Promise<Item> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.items.filter(fits)[count - 1];
        if (found === undefined) return;
        this.waiting.delete(check);
        resolve(found);
      };
      this.waiting.add(check);
      check();
    });
  }

  /** Until there are `count` items in all. */
  async atLeast(count: number): Promise<readonly Item[]> {
    await this.first(() => true, count);
    return this.items;
  }
}
