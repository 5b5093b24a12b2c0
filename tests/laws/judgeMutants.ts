import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allLaws } from './allLaws.ts';
import { breakEngine } from './breakEngine.ts';
import { checkLaw } from './checkLaw.ts';
import { loadEngine } from './loadEngine.ts';
import { mutants } from './mutants.ts';

/** Enough for a law to meet each breakage dozens of times; one that turns red stops at once. */
const runs = 4000;
/** For the copy in which nothing is broken, which has to keep every law. */
const runsUnbroken = 300;

/**
 * Tries the laws on broken copies of the engine, in a process of its own: `node --import tsx judgeMutants.ts <seed> <share> <shares>`.
 *
 * Prints one line of JSON, `[rule, names of the laws that turned red]`, for each mutant of its share, and share 0 one with
 * the rule `none` for a copy that is not broken.
 */
async function main(seed: number, share: number, shares: number): Promise<void> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'broken-engine-'));
  try {
    for (const [number, mutant] of mutants.entries()) {
      if (number % shares !== share) continue;
      breakEngine(root, join(folder, `${number}`), mutant);
      const engine = await loadEngine(join(folder, `${number}`));
      const laws = mutant.reddens.flatMap((name) => allLaws.find((law) => law.name.startsWith(name)) ?? []);
      const red = laws.filter((law) => checkLaw(law, { engine, runs, seed, isShrunk: false }).failure !== undefined);
      print(mutant.rule, red);
    }
    if (share !== 0) return;
    breakEngine(root, join(folder, 'unbroken'));
    const engine = await loadEngine(join(folder, 'unbroken'));
    const isRed = (law: (typeof allLaws)[number]) =>
      checkLaw(law, { engine, runs: runsUnbroken, seed, isShrunk: false }).failure !== undefined;
    print('none', allLaws.filter(isRed));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(rule: string, red: typeof allLaws): void {
  process.stdout.write(`${JSON.stringify([rule, red.map(({ name }) => name)])}\n`);
}

const [seed = 1, share = 0, shares = 1] = process.argv.slice(2).map(Number);
await main(seed, share, shares);
