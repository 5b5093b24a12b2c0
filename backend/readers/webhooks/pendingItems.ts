import { DueHeap } from './dueHeap.ts';
import type { PendingDelivery } from './endpointState.ts';
import type { Job } from './deliveryQueue.ts';

/** What waits for one endpoint by its key, with the one that waits for the earliest moment at hand. */
export class PendingItems {
  readonly #items: Map<string, PendingDelivery>;
  readonly #isUnderWay: (key: string) => boolean;
  // Every item that waits is in it; one that is no longer the item of its key, or is under way, is passed over.
  readonly #due = new DueHeap<Job>();

  constructor(items: Readonly<Record<string, PendingDelivery>>, isUnderWay: (key: string) => boolean) {
    this.#items = new Map(Object.entries(items));
    this.#isUnderWay = isUnderWay;
    this.#refill();
  }

  get size(): number {
    return this.#items.size;
  }

  get(key: string): PendingDelivery | undefined {
    return this.#items.get(key);
  }

  set(key: string, item: PendingDelivery): void {
    this.#items.set(key, item);
    this.#due.push(item.nextAt, { key, item });
    if (this.#due.size > 2 * this.#items.size + 64) this.#refill();
  }

  delete(key: string): void {
    this.#items.delete(key);
  }

  clear(): void {
    this.#items.clear();
  }

  /** Puts others in the place of all. */
  replace(items: Iterable<readonly [string, PendingDelivery]>): void {
    for (const [key, item] of items) this.#items.set(key, item);
    this.#refill();
  }

  /** What waits for the earliest moment; what is under way waits for nothing. */
  earliest(): Job | null {
    for (let first = this.#due.first(); first !== undefined; first = this.#due.first()) {
      const { key, item } = first.value;
      if (this.#items.get(key) === item && !this.#isUnderWay(key)) return first.value;
      this.#due.pop();
    }
    return null;
  }

  /** None waits beyond this moment. */
  hurry(now: number): void {
    this.replace(
      [...this.#items].map(([key, item]) => [key, { ...item, nextAt: Math.min(item.nextAt, now) }] as const),
    );
  }

  toRecord(): Record<string, PendingDelivery> {
    return Object.fromEntries(this.#items);
  }

  #refill(): void {
    this.#due.clear();
    for (const [key, item] of this.#items) this.#due.push(item.nextAt, { key, item });
  }
}
