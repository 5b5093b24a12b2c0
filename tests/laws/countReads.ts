import { copyOf } from './plainJson.ts';

/** Values that count how often somebody looks at them. */
export interface CountedReads<Sides> {
  readonly sides: Sides;
  /** Looks so far: at a member, at a name, at a list of names. */
  reads(): number;
  /** Values in all sides together, objects and lists included. */
  readonly values: number;
}

/** Wraps values so that looks at them are counted: cost without a clock. */
export function countReads<Sides extends object>(sides: Sides): CountedReads<Sides> {
  let reads = 0;
  let values = 0;
  const wrapped = new WeakMap<object, unknown>();
  const handler: ProxyHandler<object> = {
    get(target, name) {
      reads += 1;
      return wrap(Reflect.get(target, name));
    },
    has(target, name) {
      reads += 1;
      return Reflect.has(target, name);
    },
    ownKeys(target) {
      reads += 1;
      return Reflect.ownKeys(target);
    },
    getOwnPropertyDescriptor(target, name) {
      reads += 1;
      const found = Reflect.getOwnPropertyDescriptor(target, name);
      return found && { ...found, value: wrap(found.value) };
    },
  };
  function wrap(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    let proxy = wrapped.get(value);
    if (proxy === undefined) wrapped.set(value, (proxy = new Proxy(value, handler)));
    return proxy;
  }
  function count(value: unknown): void {
    values += 1;
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(count);
  }
  // Copies, because what is frozen cannot be answered with something else, and shared parts would not be looked at.
  const copies = Object.entries(sides).map(([name, side]) => {
    count(side);
    return [name, wrap(copyOf(side))];
  });
  return { sides: Object.fromEntries(copies) as Sides, reads: () => reads, values };
}
