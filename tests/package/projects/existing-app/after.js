import express from 'express';
import { z } from 'zod';
import { createSync, defineResource, lowdbStore, notifyFrontend, smartMerge, validateChanges } from 'backoffice-sync';

const schema = z.object({
  id: z.string(),
  name: z.string().min(1),
  role: z.string(),
  phone: z.string().optional(),
  employeeId: z.string(),
  createdAt: z.string(),
});
const members = [
  { id: 'm1', name: 'Camille', role: 'CTO', phone: '01', employeeId: 'E-1', createdAt: '2020-01-01T00:00:00.000Z' },
  { id: 'm2', name: 'Andrea', role: 'CEO', phone: '02', employeeId: 'E-2', createdAt: '2021-01-01T00:00:00.000Z' },
];
const find = (request) => members.find((member) => member.id === request.params.id);

const app = express();
app.use(express.json());
const team = defineResource({ name: 'team', schema, public: ['name', 'role'] });
const sync = createSync({ store: lowdbStore({ folder: './data' }), resources: [team] });
app.use('/backoffice', sync.router);

app.get('/api/team', (request, response) => {
  response.json(members);
});

app.get('/api/team/:id', (request, response) => {
  const member = find(request);
  response.status(member ? 200 : 404).json(member ?? { error: 'There is no such member.' });
});

app.post('/api/team', (request, response) => {
  const member = schema.parse({ id: `m${members.length + 1}`, createdAt: new Date().toISOString(), ...request.body });
  members.push(member);
  response.status(201).json(member);
});

app.put('/api/team/:id', smartMerge({ resource: 'team', load: find }), validateChanges(schema), notifyFrontend(sync));
app.put('/api/team/:id', (request, response) => {
  const member = find(request);
  if (member) Object.assign(member, request.body);
  response.status(member ? 200 : 404).json(member ?? { error: 'There is no such member.' });
});

const server = app.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
