import { smartMerge, syncEtag } from 'backoffice-sync';
import express from 'express';

const hired = new Date('2021-06-01');
const camille = { id: '1', name: 'Camille', role: 'CTO', phone: '01', address: { city: 'Lyon', street: 'Rue A' } };
const team = [{ ...camille, birthday: new Date('1990-05-02'), employeeId: 'E-1', createdAt: hired, updatedAt: hired }];

const app = express();
app.use(express.json());

app.get('/api/team/:id', (request, response) => {
  const member = team.find(({ id }) => id === request.params.id);
  if (!member) return response.sendStatus(404);
  syncEtag(response, 'team', member);
  response.json(member);
});

const load = (request) => team.find(({ id }) => id === request.params.id);
app.put('/api/team/:id', smartMerge({ resource: 'team', load, preserve: ['employeeId'] }));
app.put('/api/team/:id', (request, response) => {
  const member = team.find(({ id }) => id === request.params.id);
  if (!member) return response.sendStatus(404);
  Object.assign(member, request.body, { updatedAt: new Date() });
  response.json(member);
});

app.get('/api/birthdays', (request, response) => {
  response.json(team.map(({ name, birthday }) => ({ name, month: birthday.getUTCMonth() + 1 })));
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
