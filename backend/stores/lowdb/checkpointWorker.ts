import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { advance } from '../../log/advance.ts';
import { readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { listSegments, readEntries, readSegments } from './readSegments.ts';
import { RecordTable } from './recordTable.ts';
import { shortenSegments, type ShortenTask } from './shortenSegments.ts';

/** What the thread is started with for a checkpoint: the folder, and the durable place up to which it may read. */
export interface CheckpointTask {
  readonly folder: string;
  readonly upTo: number;
}

/**
 * Makes the next checkpoint from the last one and the log, in its own thread: turning all records into text takes long
 * enough to be felt by everybody who saves at that moment, so the process that saves only sends a message.
 */
async function makeCheckpoint({ folder, upTo }: CheckpointTask): Promise<void> {
  const logFolder = join(folder, 'log');
  const last = await readCheckpoint(folder);
  const records = new RecordTable();
  for (const stored of last?.records ?? []) records.set(stored);
  const after = last?.seq ?? 0;
  let seq = after;
  // The owner appends meanwhile: what is above `upTo`, or half written, is none of this thread's business.
  for await (const { groups } of readSegments(logFolder, await listSegments(logFolder, after))) {
    for (const { entry } of groups.flatMap(readEntries)) {
      if (entry.seq <= after || entry.seq > upTo) continue;
      if (entry.kind === 'change') records.set(advance(records.get(entry.resource, entry.id), entry));
      seq = entry.seq;
    }
  }
  if (seq !== upTo) throw new Error(`The log ends at ${seq} and not at ${upTo}.`);
  await writeCheckpoint(folder, { seq, records: records.listAll() });
}

// Not at the top level of the module: a rejection has to reach the parent as an error event of the worker.
void run(workerData as CheckpointTask | readonly ShortenTask[]).then((result) => parentPort?.postMessage({ result }));

async function run(task: CheckpointTask | readonly ShortenTask[]): Promise<unknown> {
  return 'upTo' in task ? makeCheckpoint(task) : shortenSegments(task);
}
