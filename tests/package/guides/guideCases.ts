import type { TestDatabase } from '../../helpers/postgres.ts';
import { createMongoGuide, createPostgresGuide, type GuideDatabase } from './guideDatabase.ts';
import { linkGuideProject, type GuideProject } from './guideProject.ts';
import type { PrismaProject } from './installPrisma.ts';
import type { MongoServer } from './mongoServer.ts';

/** What a guide with a database is tested with. */
export interface Guide {
  readonly name: string;
  readonly behind: string;
  /** Why it does not run on this machine. */
  readonly missing: string | null;
  readonly open: () => Promise<readonly [GuideProject, GuideDatabase]>;
  /** What a client must not change, with what somebody sends all the same. */
  readonly forged: Readonly<Record<string, string>>;
  /** What the database is asked to do when the program with `save` stores. */
  readonly statement: string;
  /** Fields with a type that JSON does not have: what a form sends, and what is stored then. */
  readonly typed: Readonly<Record<string, readonly [sent: unknown, stored: string]>>;
  /** What a field is called in the database, where it has another name. */
  readonly columns: Readonly<Record<string, string>>;
  /** An address that no member has. */
  readonly nobody: string;
  /** What the program itself changes with every write. */
  readonly touched: readonly string[];
}

/** What the guides run on; on PostgreSQL none of them runs where there is none. */
export interface GuideGround {
  /** The folder of a project that has the packed package. */
  readonly packed: string;
  readonly postgres: TestDatabase | null;
  readonly mongo: MongoServer;
  readonly prisma: PrismaProject;
}

/** The guides with a database, each with its own fields and the values that its library wants. */
export function guideCases({ packed, postgres, mongo, prisma }: GuideGround): readonly Guide[] {
  const noPostgres = postgres ? null : 'there is no PostgreSQL';
  const onPostgres = async (project: GuideProject) => {
    if (!postgres) throw new Error('There is no PostgreSQL.');
    return [project, await createPostgresGuide(postgres)] as const;
  };
  const linked = (name: string, libraries: readonly string[]) => linkGuideProject(name, { packed, libraries });
  return [
    {
      name: 'knex',
      behind: postgres?.version ?? 'PostgreSQL',
      missing: noPostgres,
      open: async () => onPostgres(await linked('knex', ['knex', 'pg'])),
      forged: { employee_id: 'forged', created_at: '1999-01-01T00:00:00.000Z' },
      statement: 'update "team"',
      typed: {
        salary: ['6200.50', '6200.50'],
        badge: ['9007199254740995', '9007199254740995'],
        birthday: ['1991-06-03', '1991-06-03'],
        contract_end: ['2031-01-31T17:00:00.000Z', '2031-01-31T17:00:00+00:00'],
      },
      columns: {},
      nobody: '/api/team/999999',
      touched: ['updated_at', 'written'],
    },
    {
      name: 'drizzle',
      behind: postgres?.version ?? 'PostgreSQL',
      missing: noPostgres,
      open: async () => onPostgres(await linked('drizzle', ['drizzle-orm', 'pg'])),
      forged: { employeeId: 'forged', createdAt: '1999-01-01T00:00:00.000Z' },
      statement: 'update "team"',
      typed: {
        salary: ['6200.50', '6200.50'],
        badge: ['9007199254740995', '9007199254740995'],
        birthday: ['1991-06-03', '1991-06-03'],
        contractEnd: ['2031-01-31T17:00:00.000Z', '2031-01-31T17:00:00+00:00'],
      },
      columns: { contractEnd: 'contract_end' },
      nobody: '/api/team/999999',
      touched: ['updated_at', 'written'],
    },
    {
      name: 'prisma',
      behind: postgres?.version ?? 'PostgreSQL',
      missing: noPostgres ?? ('missing' in prisma ? prisma.missing : null),
      open: async () => {
        if ('missing' in prisma) throw new Error(prisma.missing);
        return onPostgres(prisma.project);
      },
      forged: { employeeId: 'forged', createdAt: '1999-01-01T00:00:00.000Z' },
      statement: 'UPDATE "public"."team"',
      typed: {
        salary: ['6200.50', '6200.50'],
        badge: ['9007199254740995', '9007199254740995'],
        birthday: ['1991-06-03T00:00:00.000Z', '1991-06-03'],
        departmentId: [2, '2'],
      },
      columns: { departmentId: 'department_id' },
      nobody: '/api/team/999999',
      touched: ['updated_at', 'written'],
    },
    {
      name: 'mongoose',
      behind: mongo.kind,
      missing: null,
      open: async () => [await linked('mongoose', ['mongoose']), await createMongoGuide(mongo)] as const,
      forged: { employeeId: 'forged', joinDate: '1999-01-01T00:00:00.000Z' },
      statement: 'findAndModify',
      typed: {
        salary: [{ $numberDecimal: '6200.50' }, '{"$numberDecimal":"6200.50"}'],
        badge: ['9007199254740995', '{"$numberLong":"9007199254740995"}'],
        birthday: ['1991-06-03', '{"$date":{"$numberLong":"675907200000"}}'],
        department: ['64b7c9f3a1d2e3f4a5b6c7d8', '{"$oid":"64b7c9f3a1d2e3f4a5b6c7d8"}'],
      },
      columns: {},
      nobody: '/api/team/64b7c9f3a1d2e3f4a5b6c7d8',
      touched: ['updatedAt'],
    },
  ];
}
