import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { MergeContestant } from './engine/mergeContestant.ts';
import { mergeTasks, type MergeTask } from './engine/mergeTask.ts';
import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';

/** Of a second of effort, since many contestants meet at many tasks. */
const sliceShare = 0.1;
/** Contestants with documents prepare one for each merge, which must not fill the memory. */
const maxMergesPerSlice = { records: 20_000, documents: 10 };

/**
 * Compares the merge of three plain records with other ways to come to the same record, and with a copy of the record.
 *
 * Each contestant's record is compared with the right one before anything is measured; a wrong one is marked, as it says
 * how fast a mistake is made.
 */
export async function measureEngine(effort: BenchEffort): Promise<readonly BenchRow[]> {
  // Not before it is needed: the engine is measured as it is published, so the package has to be built first.
  const { jsonEquals } = await import('backoffice-sync/merge');
  const { contestants, ours, copy } = await import('./engine/contestants.ts');
  const rows: BenchRow[] = [];
  for (const task of mergeTasks()) {
    const wrong = contestants.filter((one) => !jsonEquals(once(one, task), task.merged));
    if (wrong.includes(ours)) throw new Error(`Our merge of ${task.name} is wrong.`);
    const micros = await timesOf(contestants, task, effort);
    const medianOf = (one: MergeContestant) => `${Math.round(spreadOf(micros[one.name] ?? []).median)} µs`;
    for (const peer of contestants.filter((one) => one !== ours)) {
      const [mine, theirs] = [micros[ours.name] ?? [], micros[peer.name] ?? []];
      rows.push({
        measure: `${peer === copy ? 'time' : 'speed'}, ${task.name}; peer: ${peer.name}${wrong.includes(peer) ? ', wrong result' : ''}`,
        ours: medianOf(ours),
        peer: medianOf(peer),
        ratio: peer === copy ? ratioSpread(mine, theirs) : ratioSpread(theirs, mine),
        goal: peer === copy && task.name.startsWith('1 kB') ? 'none' : peer.goal,
      });
    }
  }
  return rows;
}

function once(contestant: MergeContestant, task: MergeTask) {
  const prepared = contestant.prepare(task, 1);
  const result = prepared.run();
  prepared.free?.();
  return result;
}

/** Microseconds of one merge, by contestant and round. */
async function timesOf(
  contestants: readonly MergeContestant[],
  task: MergeTask,
  effort: BenchEffort,
): Promise<Readonly<Record<string, readonly number[]>>> {
  const byName = new Map(contestants.map((one) => [one.name, one]));
  const merges = new Map<string, number>();
  const slice = (name: string, seconds: number): number => {
    const contestant = byName.get(name);
    if (contestant === undefined) throw new Error(`There is no contestant "${name}".`);
    const most = contestant.usesDocuments === true ? maxMergesPerSlice.documents : maxMergesPerSlice.records;
    const wanted = Math.min(merges.get(name) ?? 1, most);
    const microsOfOne = timeSlice(contestant.prepare(task, wanted), wanted);
    merges.set(name, Math.max(1, Math.round((seconds * sliceShare * 1e6) / microsOfOne)));
    return microsOfOne;
  };
  return runRounds({
    names: [...byName.keys()],
    rounds: effort.rounds,
    // Several slices: the first says how many merges fit into one, the others let the compiler settle.
    warmUp: async (name) => {
      for (let times = 0; times < 5; times++) slice(name, effort.warmUpSeconds);
    },
    measure: async (name) => slice(name, effort.seconds),
  });
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function timeSlice(prepared: ReturnType<MergeContestant['prepare']>, merges: number): number {
  // What others left, or what the preparation left, is not this contestant's to clear away.
  collectGarbage();
  const start = performance.now();
  for (let done = 0; done < merges; done++) prepared.run();
  const micros = ((performance.now() - start) * 1000) / merges;
  prepared.free?.();
  return micros;
}
