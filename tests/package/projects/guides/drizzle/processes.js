import { smartMerge } from 'backoffice-sync';
import { and, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { bigint, date, integer, jsonb, numeric, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core';
import express from 'express';
import { z } from 'zod';

const team = pgTable('team', {
  id: serial().primaryKey(),
  name: text().notNull(),
  role: text().notNull(),
  phone: text(),
  salary: numeric({ precision: 12, scale: 2 }).notNull(),
  badge: bigint({ mode: 'bigint' }).notNull(),
  address: jsonb().notNull(),
  birthday: date().notNull(),
  contractEnd: timestamp('contract_end', { withTimezone: true }),
  employeeId: text('employee_id').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true })
    .notNull()
    .$onUpdate(() => new Date()),
  version: integer().notNull().default(1),
});
const form = z
  .object({
    name: z.string().min(1),
    role: z.string(),
    phone: z.string().nullable(),
    salary: z.string(),
    badge: z.coerce.bigint(),
    address: z.object({ city: z.string(), street: z.string() }),
    birthday: z.string(),
    contractEnd: z.coerce.date().nullable(),
    employeeId: z.string(),
    createdAt: z.coerce.date(),
  })
  .partial();

const db = drizzle(process.env.DATABASE_URL);
const app = express();
app.set('json replacer', (key, value) => (typeof value === 'bigint' ? value.toString() : value));
app.use(express.json());

app.get('/api/team/:id', async (request, response) => {
  const [member] = await db.select().from(team).where(eq(team.id, request.params.id));
  if (!member) return response.sendStatus(404);
  response.json(member);
});

const load = async (request) => (await db.select().from(team).where(eq(team.id, request.params.id)))[0];
const save = async (merged, { expectedVersion: version }) => {
  const next = { ...form.omit({ createdAt: true }).parse(merged), version: version + 1 };
  const isExpected = and(eq(team.id, merged.id), eq(team.version, version));
  const [member] = await db.update(team).set(next).where(isExpected).returning();
  return member;
};
const preserve = ['employeeId', 'version'];

app.put('/api/team/:id', smartMerge({ resource: 'team', load, save, preserve }), (request, response) => {
  if (!request.merge) return response.sendStatus(404);
  response.json(request.merge.saved);
});

const server = app.listen(process.env.PORT ?? 3000, () => console.log(`listening ${server.address().port}`));
