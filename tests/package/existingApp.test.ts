import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { changedLines } from './changedLines.ts';
import { runApp, type RunningApp } from './runApp.ts';

const projects = fileURLToPath(new URL('./projects/existing-app/', import.meta.url));
const packed = inject('packedPackage');
const whole = { name: 'Camille', role: 'CTO', phone: '01', employeeId: 'E-1', createdAt: '2020-01-01T00:00:00.000Z' };

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

it('an existing application is protected with at most 5 changed lines', async () => {
  const [before, after] = await Promise.all([
    readFile(`${projects}before.js`, 'utf8'),
    readFile(`${projects}after.js`, 'utf8'),
  ]);
  const { added, removed } = changedLines(before, after);
  expect(added.length).toBeGreaterThan(0);
  expect(added.length + removed.length).toBeLessThanOrEqual(5);
  // Five lines that anybody can read: what a formatter would break up would be more of them.
  expect(added.filter((line) => line.length > 120)).toEqual([]);
});

it('without these lines the same application loses the edit of the first admin', async () => {
  const app = await start(packed.express5, 'before.js');
  try {
    const form = (await send(app, 'GET', 'm1')).body;
    await send(app, 'PUT', 'm1', { ...form, role: 'CIO' });
    await send(app, 'PUT', 'm1', { ...form, phone: '99', employeeId: 'forged' });
    expect((await send(app, 'GET', 'm1')).body).toMatchObject({ role: 'CTO', phone: '99', employeeId: 'forged' });
  } finally {
    await app.stop();
  }
});

describe.each(['express5', 'express4'] as const)('the existing application with the package on %s', (project) => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await start(packed[project], 'after.js');
  });
  afterAll(() => app?.stop());

  it('runs on the version of Express that its project has', async () => {
    const manifest = await readFile(join(packed[project], 'node_modules/express/package.json'), 'utf8');
    expect((JSON.parse(manifest) as { version: string }).version).toMatch(project === 'express5' ? /^5\./ : /^4\./);
  });

  it('keeps the edits of two admins who saved the whole form that both had loaded', async () => {
    const form = (await send(app, 'GET', 'm1')).body;
    expect(form).toMatchObject(whole);
    const first = await send(app, 'PUT', 'm1', { ...form, role: 'CIO', $base: form });
    const second = await send(app, 'PUT', 'm1', { ...form, phone: '99', $base: form });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect((await send(app, 'GET', 'm1')).body).toEqual({ ...form, role: 'CIO', phone: '99' });
  });

  it('changes nothing when employeeId and createdAt are forged', async () => {
    const before = (await send(app, 'GET', 'm2')).body;
    expect((await send(app, 'PUT', 'm2', { ...before, employeeId: 'forged', createdAt: 'forged' })).status).toBe(200);
    expect((await send(app, 'GET', 'm2')).body).toEqual(before);
    await send(app, 'PUT', 'm2', { name: 'Andrea B.', employeeId: 'forged', createdAt: 'forged' });
    expect((await send(app, 'GET', 'm2')).body).toEqual({ ...before, name: 'Andrea B.' });
  });

  it('answers 409 with both values when the same field was saved in between, and keeps what is stored', async () => {
    const form = (await send(app, 'GET', 'm2')).body;
    await send(app, 'PUT', 'm2', { ...form, role: 'Chair', $base: form });
    const late = await send(app, 'PUT', 'm2', { ...form, role: 'Founder', $base: form });
    expect(late).toMatchObject({
      status: 409,
      body: {
        code: 'CONFLICT',
        conflicts: [{ path: '/role', mine: 'Founder', theirs: 'Chair' }],
        current: { role: 'Chair' },
      },
    });
    expect((await send(app, 'GET', 'm2')).body['role']).toBe('Chair');
  });

  it('refuses a record that is not valid, whatever the form sent of it', async () => {
    const before = (await send(app, 'GET', 'm1')).body;
    const refused = await send(app, 'PUT', 'm1', { ...before, name: '', $base: before });
    expect(refused).toMatchObject({ status: 422, body: { code: 'INVALID', errors: [{ path: '/name' }] } });
    expect((await send(app, 'GET', 'm1')).body).toEqual(before);
  });

  it('tells a visitor of the site what was stored, without the fields that are not public', async () => {
    const stream = await fetch(`${app.url}/backoffice/sync/stream?resources=team`);
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    const form = (await send(app, 'GET', 'm1')).body;
    await send(app, 'PUT', 'm1', { ...form, name: 'Camille Told', $base: form });
    let text = '';
    while (!text.includes('Camille Told')) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) throw new Error(`The stream ended after: ${text}`);
      text += chunk.value;
    }
    await reader?.cancel();
    expect(text).not.toContain('E-1');
  });
});

async function start(folder: string, file: string): Promise<RunningApp> {
  await cp(`${projects}${file}`, join(folder, file));
  await rm(join(folder, 'data'), { recursive: true, force: true });
  return runApp(folder, file);
}

async function send(app: RunningApp, method: string, id: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${app.url}/api/team/${id}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
