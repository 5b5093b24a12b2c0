import { smartMerge } from 'backoffice-sync';
import express from 'express';
import knex from 'knex';

const db = knex({ client: 'pg', connection: process.env.DATABASE_URL });
const app = express();
app.use(express.json());

app.get('/api/team/:id', async (request, response) => {
  const member = await db('team').where({ id: request.params.id }).first();
  if (!member) return response.sendStatus(404);
  response.json(member);
});

const load = (request) => db('team').where({ id: request.params.id }).first();
const save = async ({ id, created_at, ...fields }, { expectedVersion: version }) => {
  const next = { ...fields, version: version + 1, updated_at: db.fn.now() };
  const [member] = await db('team').where({ id, version }).update(next).returning('*');
  return member;
};
const preserve = ['employee_id', 'created_at', 'updated_at', 'version'];

app.put('/api/team/:id', smartMerge({ resource: 'team', load, save, preserve }), (request, response) => {
  if (!request.merge) return response.sendStatus(404);
  response.json(request.merge.saved);
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
