import express from 'express';
import { smartMerge } from 'backoffice-sync';

const team = [{ id: '1', name: 'Camille', role: 'CTO', phone: '01', employeeId: 'E-1' }];
const find = (request) => team.find(({ id }) => id === request.params.id);

const app = express();
app.use(express.json());
app.get('/api/team/:id', (request, response) => response.json(find(request)));
app.put('/api/team/:id', smartMerge({ resource: 'team', load: find }), (request, response) => {
  response.json(Object.assign(find(request), request.body));
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
