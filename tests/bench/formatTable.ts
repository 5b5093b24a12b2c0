import { type Spread } from './spreadOf.ts';

/** One line of the table. */
export interface BenchRow {
  readonly measure: string;
  /** Ours and the peer's medians with their unit, for orientation: only the ratio travels from machine to machine. */
  readonly ours: string;
  readonly peer: string;
  readonly ratio: Spread;
  /** What the project wants the ratio to be. */
  readonly goal: string;
}

/** How long a run takes. */
export interface BenchEffort {
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** Draws the rows as a table for a terminal. */
export function formatTable(rows: readonly BenchRow[]): string {
  const cells = [
    ['measure', 'ours', 'peer', 'ratio: median (min-max)', 'goal'],
    ...rows.map(({ measure, ours, peer, ratio, goal }) => [measure, ours, peer, formatSpread(ratio), goal]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return lines.join('\n');
}

function formatSpread({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)}-${max.toFixed(2)})`;
}
