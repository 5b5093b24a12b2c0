import { PrismaPg } from '@prisma/adapter-pg';
import { smartMerge } from 'backoffice-sync';
import express from 'express';
import { PrismaClient } from './generated/client.ts';

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL }) });
const include = { department: true };
const app = express();
app.set('json replacer', (key, value) => (typeof value === 'bigint' ? value.toString() : value));
app.use(express.json());

app.get('/api/team/:id', async (request, response) => {
  const member = await prisma.member.findUnique({ where: { id: Number(request.params.id) }, include });
  if (!member) return response.sendStatus(404);
  response.json(member);
});

const load = ({ params }) => prisma.member.findUnique({ where: { id: Number(params.id) }, include });
const save = async ({ id, department, createdAt, updatedAt, ...data }, { expectedVersion: version }) => {
  const next = { ...data, version: version + 1 };
  const { count } = await prisma.member.updateMany({ where: { id, version }, data: next });
  return count === 0 ? null : prisma.member.findUnique({ where: { id }, include });
};
const preserve = ['employeeId', 'version'];

app.put('/api/team/:id', smartMerge({ resource: 'team', load, save, preserve }), (request, response) => {
  if (!request.merge) return response.sendStatus(404);
  response.json(request.merge.saved);
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
