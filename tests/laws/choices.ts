import fc from 'fast-check';

/** A row of choices out of which a generator builds something; when they are used up, each further one is the first. */
export interface Choices {
  /** A whole number from 0 to below `limit`, which is at most 256. */
  below(limit: number): number;
  /** One of the list; the first is the simplest, to which a counterexample shrinks. */
  pick<Value>(list: readonly Value[]): Value;
  /** True as often as `percent` says. */
  chance(percent: number): boolean;
}

/**
 * Generates rows of choices, one byte each.
 *
 * A generator that reads choices may look at what it has built so far, costs a tenth of nested arbitraries, and shrinks all
 * the same: a row with fewer and smaller choices builds something smaller.
 */
export function choiceRow(length: number): fc.Arbitrary<Uint8Array> {
  return new RowArbitrary(length);
}

/** Reads a row from its start. Made anew for each use: what reads is used up, and a row that shrinks is read again. */
export function readChoices(row: Uint8Array): Choices {
  let at = 0;
  const below = (limit: number): number => Math.floor(((row[at++] ?? 0) * limit) / 256);
  return {
    below,
    pick: (list) => list[below(list.length)] as (typeof list)[number],
    chance: (percent) => below(100) >= 100 - percent,
  };
}

class RowArbitrary extends fc.Arbitrary<Uint8Array> {
  readonly #length: number;

  constructor(length: number) {
    super();
    this.#length = length;
  }

  generate(random: fc.Random): fc.Value<Uint8Array> {
    const row = new Uint8Array(this.#length);
    for (let at = 0; at < row.length; at += 4) {
      const bits = random.nextInt();
      for (let byte = 0; byte < 4; byte++) row[at + byte] = bits >>> (8 * byte);
    }
    return new fc.Value(row, undefined);
  }

  canShrinkWithoutContext(value: unknown): value is Uint8Array {
    return value instanceof Uint8Array;
  }

  shrink(row: Uint8Array): fc.Stream<fc.Value<Uint8Array>> {
    return fc.stream(smaller(row)).map((next) => new fc.Value(next, undefined));
  }
}

/** The large steps first: parts that become nothing, parts that are left out, and at last single smaller choices. */
function* smaller(row: Uint8Array): Generator<Uint8Array> {
  let used = row.length;
  while (used > 0 && row[used - 1] === 0) used--;
  for (let size = used; size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < used; at += size) {
      const isNothing = row.subarray(at, at + size).every((byte) => byte === 0);
      if (!isNothing) yield Uint8Array.from(row, (byte, index) => (index >= at && index < at + size ? 0 : byte));
      yield Uint8Array.from(row, (byte, index) => (index < at ? byte : (row[index + size] ?? 0)));
    }
  }
  for (let at = 0; at < used; at++) {
    const byte = row[at] as number;
    for (const less of [byte >> 1, byte - 16, byte - 1]) {
      if (less > 0 && less < byte) yield Uint8Array.from(row, (other, index) => (index === at ? less : other));
    }
  }
}
