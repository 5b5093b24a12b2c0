import { PrismaPg } from '@prisma/adapter-pg';
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

app.put('/api/team/:id', async (request, response) => {
  const { department, updatedAt, ...data } = request.body;
  const member = await prisma.member.update({ where: { id: Number(request.params.id) }, data, include });
  response.json(member);
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
