import { smartMerge, validateChanges } from 'backoffice-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { expresses, serveRoute, type Served } from './serveRoute.ts';

const schema = z.object({ id: z.string(), name: z.string().min(1), role: z.string() });

const spellings = [
  '/api/team/m1',
  '/API/Team/m1',
  '/api/team/m1/',
  '/api/team/m1?x=/y',
  '/api/team/m1#x',
  '/api/team/%6d1',
  'http://x/api/team/m1',
  'HTTP://x:80/API/team/m1/?q#h',
];

describe.each(expresses)('an address of a protected route on Express %s', (_version, express) => {
  const running: Served[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  const send = (served: Served, target: string, body: unknown) => {
    const text = JSON.stringify(body);
    return served.raw(
      `PUT ${target} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
    );
  };
  const statusOf = (answer: string) => Number(answer.split(' ')[1]);

  it.each(spellings)('is merged and judged however it is spelled: %s', async (target) => {
    const served = await serveRoute(express, ({ app, load, store }) => {
      app.use(smartMerge({ resources: { '/api/team/:id': { resource: 'team', load, schema } } }));
      app.put('/api/team/:id', store);
    });
    running.push(served);
    expect(statusOf(await send(served, target, { name: '' }))).toBe(422);
    expect(statusOf(await send(served, target, { name: 'N', employeeId: 'forged' }))).toBe(200);
    expect(served.rows.get('m1')).toMatchObject({ name: 'N', employeeId: 'E-1' });
  });

  it.each(spellings)('is judged by validateChanges alone however it is spelled: %s', async (target) => {
    const served = await serveRoute(express, ({ app, store }) => {
      app.use(validateChanges({ resources: { '/api/team/:id': schema } }));
      app.put('/api/team/:id', store);
    });
    running.push(served);
    expect(statusOf(await send(served, target, { id: 'm1', name: '', role: 'R' }))).toBe(422);
    expect(served.rows.get('m1')).toMatchObject({ name: 'Camille' });
  });

  it('is found under the path that a router is mounted at', async () => {
    const served = await serveRoute(express, ({ app, load, store }) => {
      const inner = express.Router();
      inner.use(smartMerge({ resources: { '/api/team/:id': { resource: 'team', load, schema } } }));
      inner.put('/team/:id', store);
      app.use('/api', inner);
    });
    running.push(served);
    expect(statusOf(await send(served, 'http://x/API/team/m1', { name: '' }))).toBe(422);
  });

  it('is refused when it cannot be decoded, before any handler sees it', async () => {
    let calls = 0;
    const served = await serveRoute(express, ({ app, load }) => {
      app.use(smartMerge({ resources: { '/api/team/:id': { resource: 'team', load } } }));
      app.use((_request, response) => void response.json({ calls: ++calls }));
    });
    running.push(served);
    const answer = await send(served, '/api/team/%E0', { name: 'N' });
    expect([statusOf(answer), answer.includes('BAD_PARAMETER'), calls]).toEqual([400, true, 0]);
    expect(statusOf(await send(served, '/other/%E0', { name: 'N' }))).toBe(200);
  });
});
