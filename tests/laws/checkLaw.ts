import fc from 'fast-check';
import type { Engine } from './engine.ts';
import type { Law } from './law.ts';

/** How a law is tried. */
export interface CheckOptions {
  readonly engine: Engine;
  readonly runs: number;
  readonly seed: number;
  /** Looks for a smaller counterexample. Default true. */
  readonly isShrunk?: boolean;
}

/** How a law came out. */
export interface LawResult {
  readonly name: string;
  readonly runs: number;
  readonly seed: number;
  readonly ms: number;
  /** What fast-check says of the smallest counterexample; `undefined` when the law held. */
  readonly failure: string | undefined;
}

/** Tries one law on random inputs; the same seed tries the same ones. */
export function checkLaw(law: Law, { engine, runs, seed, isShrunk = true }: CheckOptions): LawResult {
  const startedAt = performance.now();
  const property = fc.property(law.input, (input) => law.holds(engine, input));
  const details = fc.check(property, { numRuns: runs, seed, endOnFailure: !isShrunk, maxSkipsPerRun: 20 });
  const ms = Math.round(performance.now() - startedAt);
  const failure = details.failed ? `${String(details.errorInstance)}\n${fc.defaultReportMessage(details)}` : undefined;
  return { name: law.name, runs: details.numRuns, seed, ms, failure };
}
