import { open } from 'node:fs/promises';
import { join } from 'node:path';
import express from 'express';
import { sampleRecord, type SampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** The least that a durable save can be: bare Express, records in memory, one synced line per save. No merge, no check, nobody told. */
const { folder, records: count } = contestantArguments();
const records = new Map<string, SampleRecord>();
const file = await open(join(folder, 'saves.jsonl'), 'a');

async function fill(from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const record = sampleRecord(number);
    records.set(record.id, record);
    await file.write(`${JSON.stringify(record)}\n`);
  }
  await file.datasync();
}
await fill(0, count);

const app = express();
app.use(express.json());
app.patch('/api/members/:id', async (request, response) => {
  const record = records.get(request.params.id);
  if (record === undefined) {
    response.status(404).end();
    return;
  }
  const saved = { ...record, ...(request.body as Partial<SampleRecord>) };
  records.set(record.id, saved);
  await file.write(`${JSON.stringify(saved)}\n`);
  await file.datasync();
  response.json(saved);
});
await serveContestant(app, { fill });
