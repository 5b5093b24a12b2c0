/** What competes in rounds: each is measured once a round, in this order. */
export interface Rounds<Name extends string, Result> {
  readonly names: readonly Name[];
  readonly rounds: number;
  measure(name: Name, round: number): Promise<Result>;
  /** Runs before the first round, for each; what it gives is thrown away. */
  warmUp?(name: Name): Promise<unknown>;
}

/**
 * Measures contestants in turn, round after round, so that whatever else the machine does meets all of them alike.
 *
 * Every second round runs backwards, and every second one begins with another: otherwise the same one would always come
 * after the same other one, or always first.
 */
export async function runRounds<Name extends string, Result>(
  options: Rounds<Name, Result>,
): Promise<Record<Name, readonly Result[]>> {
  const { names, rounds, measure, warmUp } = options;
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (const name of names) await warmUp?.(name);
  for (let round = 0; round < rounds; round += 1) {
    const first = Math.floor(round / 2) % names.length;
    const rotated = [...names.slice(first), ...names.slice(0, first)];
    const order = round % 2 === 0 ? rotated : rotated.reverse();
    for (const name of order) results[name].push(await measure(name, round));
  }
  return results;
}
