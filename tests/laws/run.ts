import { parseArgs } from 'node:util';
import { allLaws } from './allLaws.ts';
import { checkLaw } from './checkLaw.ts';
import { productEngine } from './engine.ts';

/**
 * `npm run laws -- --runs 1000000 [--seed 1] [--law "nothing is lost"]`: tries the laws of the engine for as long as wanted.
 *
 * Prints law, runs, seed and time of each, the smallest counterexample of one that is broken, and ends with 1 then.
 * `--law` takes those whose name has these words.
 */
function main(): number {
  const { values } = parseArgs({
    options: { runs: { type: 'string' }, seed: { type: 'string' }, law: { type: 'string' } },
  });
  const runs = Number(values.runs ?? 10_000);
  const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
  const laws = allLaws.filter(({ name }) => name.includes(values.law ?? ''));
  if (!(runs >= 1) || !Number.isInteger(seed) || laws.length === 0) {
    console.error('Use: npm run laws -- [--runs 1000000] [--seed 1] [--law "words of its name"]');
    return 1;
  }
  console.log(`${laws.length} laws, ${runs} runs each, seed ${seed}`);
  let broken = 0;
  for (const law of laws) {
    const result = checkLaw(law, { engine: productEngine, runs, seed });
    const verdict = result.failure === undefined ? 'holds' : 'BROKEN';
    console.log(`${verdict}  ${result.name}  (${result.runs} runs, seed ${seed}, ${(result.ms / 1000).toFixed(1)} s)`);
    if (result.failure === undefined) continue;
    broken += 1;
    console.log(result.failure);
  }
  console.log(broken === 0 ? `All ${laws.length} laws hold.` : `${broken} of ${laws.length} laws are broken.`);
  return broken === 0 ? 0 : 1;
}

process.exit(main());
