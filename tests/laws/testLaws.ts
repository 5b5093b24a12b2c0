import { expect, test } from 'vitest';
import { checkLaw } from './checkLaw.ts';
import { productEngine } from './engine.ts';
import type { Law } from './law.ts';

const runs = Number(process.env['LAW_RUNS'] ?? 10_000);
const seed = Number(process.env['LAW_SEED'] ?? Date.now() % 1_000_000_000);

/**
 * Makes one test of each law.
 *
 * Units  LAW_RUNS runs per law, default 10,000; LAW_SEED, default another one each time, is printed, also when all laws hold
 */
export function testLaws(laws: readonly Law[]): void {
  console.info(`LAW_SEED=${seed} LAW_RUNS=${runs}`);
  test.each(laws.map((law) => [law.name, law] as const))('%s', (_name, law) => {
    const result = checkLaw(law, { engine: productEngine, runs, seed });
    expect(result.failure).toBeUndefined();
    expect(result.runs).toBe(runs);
  });
}
