/** A value with its time, in milliseconds since 1970. */
export interface Due<Value> {
  readonly dueAt: number;
  readonly value: Value;
}

interface Placed<Value> extends Due<Value> {
  readonly order: number;
}

/** The earliest of many, found at once; of several with one time the first that came. A change costs the depth of a tree. */
export class DueHeap<Value> {
  #heap: Placed<Value>[] = [];
  #count = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** The earliest one. */
  first(): Due<Value> | undefined {
    return this.#heap[0];
  }

  push(dueAt: number, value: Value): void {
    const heap = this.#heap;
    const placed = { dueAt, value, order: (this.#count += 1) };
    let index = heap.push(placed) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent] as Placed<Value>;
      if (isBefore(above, placed)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = placed;
  }

  /** Takes the earliest one out. */
  pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Placed<Value>, heap[child] as Placed<Value>))
        child += 1;
      if (isBefore(last, heap[child] as Placed<Value>)) break;
      heap[index] = heap[child] as Placed<Value>;
      index = child;
    }
    heap[index] = last;
  }

  clear(): void {
    this.#heap = [];
  }
}

function isBefore(a: Placed<unknown>, b: Placed<unknown>): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.order < b.order);
}
