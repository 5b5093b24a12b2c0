import type { BenchEffort, BenchRow } from './formatTable.ts';
import { measureSaves, type MeasuredSaves } from './measureSaves.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';

/** A comparison of saves per second with one peer. */
export interface DurableSavesOptions extends BenchEffort {
  readonly measure: string;
  readonly peer: 'appendedLineServer' | 'wholeFileServer';
  readonly records: number;
  /** Over how many records the saves are spread; 1 is one hot record. */
  readonly spread: number;
  readonly goal: string;
}

const connections = 20;

/** Compares acknowledged saves over HTTP at 20 connections: ours against a bare Express server that stores in its own way. */
export async function measureDurableSaves(options: DurableSavesOptions): Promise<readonly BenchRow[]> {
  const { records, spread } = options;
  const contestants = {
    ours: await startContestant('productServer', records),
    peer: await startContestant(options.peer, records),
  };
  try {
    const load = (name: 'ours' | 'peer', seconds: number) =>
      measureSaves(contestants[name], { seconds, connections, spread });
    const results = await runRounds({
      names: ['ours', 'peer'],
      rounds: options.rounds,
      warmUp: (name) => load(name, options.warmUpSeconds),
      measure: (name) => load(name, options.seconds),
    });
    const perSecond = (saves: readonly MeasuredSaves[]) => saves.map((one) => one.perSecond);
    const cpuMicros = (saves: readonly MeasuredSaves[]) => saves.map((one) => one.cpuMicros);
    return [
      {
        measure: options.measure,
        ours: `${Math.round(spreadOf(perSecond(results.ours)).median)}/s`,
        peer: `${Math.round(spreadOf(perSecond(results.peer)).median)}/s`,
        ratio: ratioSpread(perSecond(results.ours), perSecond(results.peer)),
        goal: options.goal,
      },
      {
        measure: '  processor time of each',
        ours: `${Math.round(spreadOf(cpuMicros(results.ours)).median)} µs`,
        peer: `${Math.round(spreadOf(cpuMicros(results.peer)).median)} µs`,
        ratio: ratioSpread(cpuMicros(results.ours), cpuMicros(results.peer)),
        goal: 'none',
      },
    ];
  } finally {
    await Promise.all(Object.values(contestants).map((contestant) => contestant.stop()));
  }
}
