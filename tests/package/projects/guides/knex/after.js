import { smartMerge, syncEtag } from 'backoffice-sync';
import express from 'express';
import knex from 'knex';

const db = knex({ client: 'pg', connection: process.env.DATABASE_URL });
const app = express();
app.use(express.json());

app.get('/api/team/:id', async (request, response) => {
  const member = await db('team').where({ id: request.params.id }).first();
  if (!member) return response.sendStatus(404);
  syncEtag(response, 'team', member);
  response.json(member);
});

const load = (request) => db('team').where({ id: request.params.id }).first();
const preserve = ['employee_id', 'created_at', 'updated_at'];
app.put('/api/team/:id', smartMerge({ resource: 'team', load, preserve, body: 'changes' }));
app.put('/api/team/:id', async (request, response) => {
  const fields = { ...request.body, updated_at: db.fn.now() };
  const [member] = await db('team').where({ id: request.params.id }).update(fields).returning('*');
  if (!member) return response.sendStatus(404);
  response.json(member);
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
