import type { Store } from 'backoffice-sync';
import { draftWrite } from '../../backend/testing/draftWrite.ts';
import { sampleRecord } from './contestants/sampleRecord.ts';

/** How much is written. */
export interface LogFill {
  readonly entries: number;
  /** Over how many records the entries are spread; each then has entries / records versions. */
  readonly records: number;
}

/** Writes of one commit: no record comes twice in it where there are at least as many records. */
const batchSize = 500;

/** Writes changes of members through the store itself, as saves do, until its log has so many entries. */
export async function fillLog(store: Store, { entries, records }: LogFill): Promise<void> {
  for (let start = 0; start < entries; start += batchSize) {
    const length = Math.min(batchSize, entries - start);
    const batch = Array.from({ length }, (_, index) => toWrite(start + index, records));
    const failed = (await store.commit(batch)).find(({ status }) => status !== 'committed');
    if (failed !== undefined) throw new Error(`A write of the filling ended as ${failed.status}.`);
  }
}

function toWrite(number: number, records: number): ReturnType<typeof draftWrite> {
  const version = Math.floor(number / records);
  const { id, ...fields } = sampleRecord(number % records);
  const at = (count: number) => ({ ...fields, phone: `+33 1 ${String(count).padStart(8, '0')}` });
  return draftWrite(id, at(number), {
    resource: 'members',
    expectedVersion: version,
    ...(version === 0 ? {} : { before: at(number - records) }),
  });
}
