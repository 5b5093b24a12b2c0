import { randomBytes } from 'node:crypto';
import mongoose from 'mongoose';
import type { TestDatabase } from '../../helpers/postgres.ts';
import { createConnectionGate, type ConnectionGate } from './connectionGate.ts';
import { asStored } from './mongoCommands.ts';
import type { MongoServer } from './mongoServer.ts';

/** The database behind the program of a guide. */
export interface GuideDatabase {
  /** What the program is told in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The same, through the gate. */
  readonly gatedEnvironment: Readonly<Record<string, string>>;
  readonly gate: ConnectionGate;
  /** Leaves one member in the team and gives the id. */
  reset(): Promise<string>;
  /** The member as it is stored, every field as its type or text, and what says that the row was written. */
  read(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** The table of the guides; `created_at` has more digits than a Date of JavaScript. */
const table = `
  create table department (id serial primary key, name text not null);
  insert into department (name) values ('Research'), ('Sales');
  create table team (
    id serial primary key,
    name text not null,
    role text not null,
    phone text,
    salary numeric(12, 2) not null,
    badge bigint not null,
    address jsonb not null,
    birthday date not null,
    contract_end timestamptz,
    employee_id text not null,
    department_id integer not null references department (id),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    version integer not null default 1
  );`;
const member = `
  insert into team (name, role, phone, salary, badge, address, birthday, contract_end, employee_id, department_id, created_at, updated_at)
  values ('Camille', 'CTO', '01', 5100.10, 9007199254740993, '{"city": "Lyon", "street": "Rue A"}', '1990-05-02', '2030-01-31 17:00+00',
    'E-1', 1, '2021-06-01 08:00:00.123456+00', '2021-06-01 08:00:00.123456+00')
  returning id`;

/** A database of its own on a PostgreSQL server, with the table of the guides. */
export async function createPostgresGuide(server: TestDatabase): Promise<GuideDatabase> {
  const admin = server.createPool(1);
  const name = `guide_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name}`);
  const url = new URL(admin.options.connectionString ?? '');
  const gate = await createConnectionGate({ host: url.hostname, port: Number(url.port || 5432) });
  url.pathname = `/${name}`;
  const gated = new URL(url);
  gated.host = `127.0.0.1:${gate.port}`;
  const { Client } = (await import('pg')).default;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(table);
  return {
    environment: { DATABASE_URL: url.href },
    gatedEnvironment: { DATABASE_URL: gated.href },
    gate,
    async reset() {
      await client.query('truncate team');
      const { rows } = await client.query<{ id: number }>(member);
      return String(rows[0]?.id);
    },
    async read() {
      const { rows } = await client.query<{ key: string; value: string }>(
        `select key, value from team, jsonb_each_text(to_jsonb(team)) union all select 'written', xmin::text from team`,
      );
      return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
    },
    async close() {
      await gate.close();
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** A database of its own on a MongoDB server. */
export async function createMongoGuide(server: MongoServer): Promise<GuideDatabase> {
  const url = new URL(server.url);
  const gate = await createConnectionGate({ host: url.hostname, port: Number(url.port || 27_017) });
  url.pathname = `/guide_${randomBytes(6).toString('hex')}`;
  const gated = new URL(url);
  gated.host = `127.0.0.1:${gate.port}`;
  const { BSON, Decimal128, Int32, Long, MongoClient, ObjectId } = mongoose.mongo;
  const client = await MongoClient.connect(url.href);
  const team = client.db().collection('team');
  let id = new ObjectId();
  return {
    environment: { MONGODB_URL: url.href },
    gatedEnvironment: { MONGODB_URL: gated.href },
    gate,
    async reset() {
      id = new ObjectId();
      const hired = new Date('2021-06-01T08:00:00.123Z');
      await team.insertOne({
        _id: id,
        name: 'Camille',
        role: 'CTO',
        phone: '01',
        salary: Decimal128.fromString('5100.10'),
        badge: Long.fromString('9007199254740993'),
        department: new ObjectId(),
        address: { city: 'Lyon', street: 'Rue A' },
        birthday: new Date('1990-05-02'),
        employeeId: 'E-1',
        joinDate: hired,
        createdAt: hired,
        updatedAt: hired,
        __v: new Int32(0),
      });
      return id.toHexString();
    },
    async read() {
      const stored = await team.findOne({ _id: id }, asStored);
      const fields = Object.entries(stored ?? {});
      return Object.fromEntries(fields.map(([name, value]) => [name, BSON.EJSON.stringify(value, { relaxed: false })]));
    },
    async close() {
      await gate.close();
      await client.db().dropDatabase();
      await client.close();
    },
  };
}
