import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { scaleTable, simulateScale } from '../../bench/simulateScale.ts';

it('the page on scale shows what the simulation says', () => {
  const page = readFileSync(new URL('../../../docs/scale.md', import.meta.url), 'utf8');
  const cellsOf = (text: string) => text.split('\n').filter((line) => line.startsWith('|')).map((line) => line.replaceAll(/[\s-]+/g, ' ')); // prettier-ignore
  expect(cellsOf(page)).toEqual(expect.arrayContaining(cellsOf(scaleTable())));
});

it('in the simulation nodes add up until the lock of the log is what they wait for, and logs move that bound', () => {
  const acknowledged = (nodes: number, logs: number) =>
    simulateScale({ savesPerSecond: 200_000, nodes, logs }).perSecond;
  const [two, four, hundred, more, divided] = [acknowledged(2, 1), acknowledged(4, 1), acknowledged(100, 1), acknowledged(200, 1), acknowledged(100, 32)]; // prettier-ignore
  expect(four / two).toBeGreaterThan(1.9);
  expect(hundred).toBeLessThan(50_000);
  expect(more).toBeLessThan(hundred * 1.1);
  expect(divided).toBeGreaterThan(hundred * 2);
});
