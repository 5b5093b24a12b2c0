import { basename, join } from 'node:path';
import type { StoredRecord } from '../log/advance.ts';
import { readCheckpoint, writeCheckpoint } from '../stores/lowdb/checkpoint.ts';
import { replaceFile } from '../stores/lowdb/durableFile.ts';
import { encodeGroup } from '../stores/lowdb/groupFormat.ts';
import { listSegments, readSegments } from '../stores/lowdb/readSegments.ts';
import type { Resealer } from './createResealer.ts';
import type { Resealed } from './resealDatabase.ts';

/**
 * Seals a data folder anew: every file of the log, each replaced whole, then the checkpoint.
 *
 * Only the owner of the folder may, after an end in order: nobody appends, and no file ends in a torn line.
 *
 * Errors  LOG_DAMAGED, CHECKPOINT_MISMATCH; those of node:fs. What was done stays, and the next run goes on
 */
export async function resealFolder(folder: string, { reseal }: Resealer): Promise<Resealed> {
  const logFolder = join(folder, 'log');
  let entries = 0;
  for await (const { path, groups } of readSegments(logFolder, await listSegments(logFolder))) {
    let changed = 0;
    const written = groups.map(({ header, lines }) => {
      const texts = lines.map(({ text }) => {
        const next = reseal(text);
        if (next !== text) changed += 1;
        return next;
      });
      return encodeGroup(texts, header);
    });
    if (changed > 0) await replaceFile(join(logFolder, basename(path)), Buffer.concat(written).toString());
    entries += changed;
  }
  const checkpoint = await readCheckpoint(folder);
  if (checkpoint === null) return { records: 0, entries };
  let records = 0;
  const resealed = checkpoint.records.map((stored): StoredRecord => {
    const json = JSON.stringify(stored);
    const next = reseal(json);
    if (next === json) return stored;
    records += 1;
    const copy = JSON.parse(next) as StoredRecord;
    return stored.published === stored.record ? { ...copy, published: copy.record } : copy;
  });
  if (records > 0) await writeCheckpoint(folder, { seq: checkpoint.seq, records: resealed });
  return { records, entries };
}
