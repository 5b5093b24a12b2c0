import { expect, it } from 'vitest';
import { createGatheredWrites } from '../../../backend/readers/webhooks/gatheredWrites.ts';
import { StateWriter } from '../../../backend/readers/webhooks/stateWriter.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';

function newWriter(isOurs = true) {
  let [marked, writes, superseded] = [0, 0, 0];
  const writer = new StateWriter({
    keeper: {
      mark: () => void (marked += 1),
      async flush() {
        writes += 1;
        return isOurs;
      },
    },
    gathered: createGatheredWrites(),
    onError: (error) => {
      throw error;
    },
    onProgress: () => undefined,
    onSuperseded: () => void (superseded += 1),
  });
  return { writer, counts: () => ({ marked, writes, superseded }) };
}

it('calls that end in one moment are one write', async () => {
  const { writer, counts } = newWriter();
  for (let n = 0; n < 10; n++) writer.writeSoon();
  expect([counts().writes, writer.isBusy]).toEqual([0, true]);
  await waitUntil('the state is written', () => !writer.isBusy);
  expect(counts().writes).toBe(1);
});

it('what is written because somebody has to be sure is not written again', async () => {
  const { writer, counts } = newWriter();
  writer.writeSoon();
  await writer.makeDurable();
  expect(writer.isBusy).toBe(false);
  expect(counts().writes).toBe(1);
});

it('what was noted while a write ran is not durable when that write ends', async () => {
  const { writer } = newWriter();
  const written = writer.makeDurable();
  writer.note();
  await written;
  expect(writer.isDurable).toBe(false);
  await writer.makeDurable();
  expect(writer.isDurable).toBe(true);
});

it('nothing is durable, and somebody is told, when the state is not ours to write', async () => {
  const { writer, counts } = newWriter(false);
  expect([await writer.makeDurable(), writer.isDurable, counts().superseded]).toEqual([false, false, 1]);
});
