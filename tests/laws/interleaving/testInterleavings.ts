import fc from 'fast-check';
import { expect, test } from 'vitest';
import { choiceRow, readChoices } from '../choices.ts';
import { playInterleaving, type Scale } from './playInterleaving.ts';

const seed = Number(process.env['LAW_SEED'] ?? Date.now() % 1_000_000_000);

/**
 * Makes one test of many interleavings.
 *
 * Units  INTERLEAVINGS in all, a share of which is played here, default 100,000; LAW_SEED is printed, also when all is well
 */
export function testInterleavings(share: number, scale: Scale): void {
  const runs = Math.ceil(Number(process.env['INTERLEAVINGS'] ?? 100_000) * share);
  const who = `${scale.writers[0]} to ${scale.writers.at(-1)} writers`;
  test(`in ${runs} interleavings of ${who} nothing is lost or reverted unseen, and no protected field changes`, async () => {
    console.info(`LAW_SEED=${seed} INTERLEAVINGS=${runs}`);
    const property = fc.asyncProperty(choiceRow(80), async (row) => {
      const { steps, faults } = await playInterleaving(readChoices(row), scale);
      if (faults.length > 0) throw new Error(`${faults.join('; ')}\n${steps.join(', ')}`);
    });
    const details = await fc.check(property, { numRuns: runs, seed });
    const failure = `${String(details.errorInstance)}\n${fc.defaultReportMessage(details) ?? ''}`;
    expect(details.failed ? failure : '').toBe('');
  }, 600_000);
}
