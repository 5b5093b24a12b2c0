import { join } from 'node:path';
import express from 'express';
import { JSONFilePreset } from 'lowdb/node';
import { sampleRecord, type SampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** What a small back office often is: bare Express that writes its lowdb file after every save. Not synced, not atomic over a crash. */
const { folder, records: count } = contestantArguments();
const db = await JSONFilePreset<{ members: SampleRecord[] }>(join(folder, 'db.json'), { members: [] });
const places = new Map<string, number>();

async function fill(from: number, to: number): Promise<void> {
  for (let number = from; number < to; number += 1) {
    const record = sampleRecord(number);
    places.set(record.id, db.data.members.push(record) - 1);
  }
  await db.write();
}
await fill(0, count);

const app = express();
app.use(express.json());
app.patch('/api/members/:id', async (request, response) => {
  const place = places.get(request.params.id);
  const record = place === undefined ? undefined : db.data.members[place];
  if (place === undefined || record === undefined) {
    response.status(404).end();
    return;
  }
  db.data.members[place] = { ...record, ...(request.body as Partial<SampleRecord>) };
  await db.write();
  response.json(db.data.members[place]);
});
await serveContestant(app, { fill });
