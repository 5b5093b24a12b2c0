/** A queue whose calls share the work of one run. */
export interface GroupQueue<Item, Result> {
  /** Resolves with the result of this item; rejects only when the run of its group rejects. */
  add(item: Item): Promise<Result>;
  /** Resolves when nothing runs and nothing waits. */
  finish(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects what is added while a run is busy and gives it to the next run together (group commit).
 *
 * Order   runs never overlap; items keep the order in which they were added
 * Shape   `run` gives one result for each item, in order; `size` says how much an item counts against `maxGroupSize`
 */
export function createGroupQueue<Item, Result>(options: {
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly size: (item: Item) => number;
  readonly maxGroupSize: number;
}): GroupQueue<Item, Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let running: Promise<void> | null = null;

  async function runAll(): Promise<void> {
    // One turn, so that calls made at the same moment meet in one group.
    await Promise.resolve();
    while (waiting.length > 0) {
      const group = waiting.splice(0, countGroup());
      try {
        const results = await options.run(group.map(({ item }) => item));
        group.forEach(({ resolve }, index) => resolve(results[index] as Result));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running = null;
  }

  function countGroup(): number {
    let size = 0;
    let count = 0;
    while (count < waiting.length && (count === 0 || size < options.maxGroupSize)) {
      size += options.size((waiting[count] as Waiting<Item, Result>).item);
      count += 1;
    }
    return count;
  }

  /** Once more after the run that it saw, as items may have come while it waited. */
  async function finish(): Promise<void> {
    if (running === null) return;
    await running;
    await finish();
  }

  return {
    add(item) {
      return new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        running ??= runAll();
      });
    },
    finish,
  };
}
