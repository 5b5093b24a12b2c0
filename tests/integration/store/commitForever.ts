import { writeSync } from 'node:fs';
import { lowdbStore } from '../../../backend/stores/lowdb/index.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';

/**
 * A process that saves until it is killed: `node --import tsx commitForever.ts <folder> [name]`.
 *
 * After a save was acknowledged, and not before, it prints `<id> <number>`, synchronously.
 */
const [, , folder = '', name = 'run'] = process.argv;
const store = lowdbStore({ folder, checkpointAfterBytes: 60_000, maxSegmentBytes: 30_000, onWarning: () => undefined });
await store.open();

async function saveForever(writer: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const id = `${name}-${writer}-${n}`;
    const [outcome] = await store.commit([draftWrite(id, { n, text: 'x'.repeat(n % 300) }, { expectedVersion: 0 })]);
    if (outcome?.status === 'committed') writeSync(1, `${id} ${n}\n`);
  }
}

await Promise.all([0, 1, 2].map(saveForever));
