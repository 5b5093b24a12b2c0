import express from 'express';
import pg from 'pg';
import { benchDatabase } from './benchDatabase.ts';
import { sampleRecord } from './sampleRecord.ts';
import { contestantArguments, serveContestant } from './serveContestant.ts';

/** The least that a save in PostgreSQL can be: bare Express and one `UPDATE`. No log, no merge, no check, nobody told. */
const { records } = contestantArguments();
const { url, schema } = benchDatabase();
const pool = new pg.Pool({ connectionString: url });
await pool.query(`create schema if not exists ${schema}`);
await pool.query(
  `create table if not exists ${schema}.members (id text primary key, name text, role text, department text, email text, phone text, city text, biography text)`,
);
await pool.query(
  `insert into ${schema}.members select * from json_populate_recordset(null::${schema}.members, $1) on conflict do nothing`,
  [JSON.stringify(Array.from({ length: records }, (_, number) => sampleRecord(number)))],
);

const app = express();
app.use(express.json());
app.patch('/api/members/:id', async (request, response) => {
  const { phone } = request.body as { readonly phone: string };
  const { rows } = await pool.query(`update ${schema}.members set phone = $2 where id = $1 returning *`, [
    request.params.id,
    phone,
  ]);
  response.status(rows.length === 1 ? 200 : 404).json(rows[0]);
});
await serveContestant(app, { fill: () => Promise.reject(new Error('It is filled at its start.')) });
