import { appendFileSync } from 'node:fs';

/** What a torture found. */
export interface TortureFindings {
  /** What fell, and how often. */
  readonly falls: Readonly<Record<string, number>>;
  /** How many saves were told to be stored. */
  readonly acknowledged: number;
  /** What is wrong with the log, as `faultsOfLog` says it. */
  readonly faults: readonly string[];
  /** What a reader was never told, or told again. */
  readonly gaps: readonly string[];
}

/** The same as numbers: a line of the file that `TORTURE_FIGURES` names. */
export interface TortureFigures {
  readonly falls: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  /** Acknowledged, and not in the log. */
  readonly lost: number;
  /** In the log otherwise than it was told, twice, or out of order. */
  readonly torn: number;
  readonly gaps: number;
}

/** Gives figures to who asked for them with `TORTURE_FIGURES`, the path of a file that gets a line of JSON; else to nobody. */
export function reportFigures({ falls, acknowledged, faults, gaps }: TortureFindings): void {
  const path = process.env['TORTURE_FIGURES'];
  if (path === undefined) return;
  const lost = faults.filter((fault) => fault.startsWith('lost')).length;
  const figures: TortureFigures = { falls, acknowledged, lost, torn: faults.length - lost, gaps: gaps.length };
  appendFileSync(path, `${JSON.stringify(figures)}\n`);
}
