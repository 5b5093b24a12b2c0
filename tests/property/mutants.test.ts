import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { mutants } from '../laws/mutants.ts';

const program = fileURLToPath(new URL('../laws/judgeMutants.ts', import.meta.url));
const seed = Number(process.env['LAW_SEED'] ?? Date.now() % 1_000_000_000);
const shares = 2;
const red = new Map<string, readonly string[]>();

beforeAll(async () => {
  console.info(`LAW_SEED=${seed}`);
  const judge = async (share: number): Promise<string> => {
    const words = ['--import', 'tsx', program, `${seed}`, `${share}`, `${shares}`];
    return (await promisify(execFile)(process.execPath, words)).stdout;
  };
  const printed = await Promise.all(Array.from({ length: shares }, (_, share) => judge(share)));
  for (const line of printed.join('').split('\n').filter(Boolean)) {
    const [rule, names] = JSON.parse(line) as [string, string[]];
    red.set(rule, names);
  }
}, 180_000);

describe('an engine with one rule broken breaks its laws:', () => {
  it.each(mutants.map((mutant) => [mutant.rule, mutant] as const))('%s', (rule, { reddens }) => {
    expect(reddens.length).toBeGreaterThan(0);
    expect(reddens.filter((name) => !red.get(rule)?.some((law) => law.startsWith(name)))).toEqual([]);
  });

  it('none, and then every law holds', () => {
    expect(red.get('none')).toEqual([]);
  });
});

it('each rule is broken once, under its own name', () => {
  expect(new Set(mutants.map(({ rule }) => rule)).size).toBe(mutants.length);
});
