import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSync, defineResource, lowdbStore } from 'backoffice-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../../', import.meta.url));

let folder: string;
let ends: (() => Promise<void>)[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backoffice-sync-start-'));
  ends = [];
});
afterEach(async () => {
  for (const end of ends) await end();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a TypeScript file until it prints what is waited for, or ends. */
async function run(
  file: string,
  waitFor: RegExp,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ said: string; code: number | null }> {
  const child = spawn(process.execPath, ['--import', join(root, 'node_modules/tsx/dist/esm/index.mjs'), file], {
    cwd: folder,
    env: { ...process.env, LOG_LEVEL: 'silent', ...environment },
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ends.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  await new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      if (waitFor.test(said)) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => resolve());
  });
  return { said, code: child.exitCode };
}

/** The programs of a page: code blocks that listen. */
async function programsOf(page: string): Promise<readonly string[]> {
  const text = await readFile(join(root, page), 'utf8');
  const blocks = [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
  return blocks.filter((block) => block.includes('.listen('));
}

describe('the programs of the documentation', () => {
  beforeEach(async () => {
    const packages = join(folder, 'node_modules');
    await mkdir(join(packages, 'backoffice-sync'), { recursive: true });
    for (const name of ['express', 'zod']) await symlink(join(root, 'node_modules', name), join(packages, name));
    await writeFile(
      join(packages, 'backoffice-sync/package.json'),
      JSON.stringify({ name: 'backoffice-sync', type: 'module', exports: './index.mjs' }),
    );
    await writeFile(
      join(packages, 'backoffice-sync/index.mjs'),
      `export * from ${JSON.stringify(join(root, 'backend/index.ts'))};`,
    );
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(
      join(folder, 'teamSchema.ts'),
      `import { z } from 'zod';
       export const teamSchema = z.object({ id: z.string(), name: z.string().min(1), role: z.string(), employeeId: z.string() });`,
    );
    // What the reader of the page has already: his data, and his handler as it was.
    await writeFile(
      join(folder, 'main.ts'),
      `const team = new Map([['m1', { id: 'm1', name: 'Camille', role: 'CTO', employeeId: 'E-1' }]]);
       Object.assign(globalThis, {
         db: { team: { find: (id) => team.get(id) ?? null } },
         yourHandlerAsItWas: (request, response) => {
           team.set(request.params.id, request.body);
           response.json(request.body);
         },
       });
       await import('./program.ts');`,
    );
  });

  it.each([
    ['README.md', '/backoffice'],
    ['docs/installation.md', ''],
  ])('start as they stand in %s, and tell the password to sign in with', async (page, backendUrl) => {
    const programs = await programsOf(page);
    expect(programs).toHaveLength(1);
    const onFreePort = (programs[0] ?? '').replace(
      'app.listen(3000)',
      "app.listen(0, function () { console.log('port', this.address().port); })",
    );
    await writeFile(join(folder, 'program.ts'), onFreePort);
    const { said } = await run(join(folder, 'main.ts'), /port \d+[\s\S]*^\S{23}$|^\S{23}$[\s\S]*port \d+/m);
    const port = /port (\d+)/.exec(said)?.[1];
    const password = /^([a-z2-9]{5}-){3}[a-z2-9]{5}$/m.exec(said)?.[0];
    expect([said, port, password]).toEqual([said, expect.any(String), expect.any(String)]);
    const url = `http://127.0.0.1:${port}`;
    const post = (path: string, body: string) =>
      fetch(`${url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', origin: url }, body });
    const login = `${backendUrl}/api/auth/login`;
    expect((await post(login, JSON.stringify({ username: 'admin', password }))).status).toBe(200);
    expect(await (await post(login, '{"broken')).json()).toMatchObject({ code: 'BODY_NOT_JSON' });
    if (page !== 'README.md') return;
    const put = await fetch(`${url}/api/team/m1`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'CEO', employeeId: 'forged', $base: { role: 'CTO' } }),
    });
    expect(await put.json()).toMatchObject({ name: 'Camille', role: 'CEO', employeeId: 'E-1' });
  });
});

describe('a start that cannot be', () => {
  const start = (environment: Readonly<Record<string, string>>) =>
    run(join(root, 'backend/server/main.ts'), /The public site/, {
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      ...environment,
    });

  it('says which proxies may be trusted', async () => {
    const { said } = await start({ TRUST_PROXY: 'banana' });
    expect(said).toMatch(/could not start\.\nOPTION_INVALID: TRUST_PROXY has to be .*"banana" came\./);
    expect(said).not.toContain('    at ');
  });

  it('names the data folder that cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    const { said } = await start({ DATA_DIR: join(folder, 'file/data') });
    expect(said).toMatch(/could not start\.\nFOLDER_UNUSABLE: The data folder .*file\/data cannot be used: .*ENOTDIR/);
    expect(said).not.toContain('    at ');
  });

  it('asks for a seed when the defaults of a single resource are not valid', async () => {
    const settings = defineResource({
      name: 'settings',
      single: true,
      schema: z.object({ companyName: z.string().min(1) }),
    });
    const sync = createSync({ store: lowdbStore({ folder }), resources: [settings] });
    await expect(sync.ready).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('Give a valid one as "seed"'),
    });
    await sync.close();
  });
});
