import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { authenticateAs } from '../../helpers/authenticateAs.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';

let at: Started;
beforeEach(async () => {
  at = await startSync({
    resources: testResources,
    authenticate: authenticateAs,
    // A rule that was written for records that have what it looks at.
    can: (_user, _action, { record }) => record === null || (record['name'] as string).length > 0,
  });
});
afterEach(() => at.stop());

const headers = { authorization: 'As root:admin' };
const read = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(`${at.url}/api/sync/${path}`, { headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

it('a rule that fails for a record without fields keeps the figures back, and is said once', async () => {
  const { status, body } = await read('status');
  expect([status, Object.keys(body)]).toEqual([200, ['status', 'cursor']]);
  const configuration = await read('configuration');
  expect(configuration.status).toBe(200);
  for (const resource of configuration.body['resources'] as { realtime: object }[]) {
    expect(resource).not.toHaveProperty('rows');
    expect(resource.realtime).not.toHaveProperty('followers');
  }
  await read('status');
  const warnings = at.lines.filter(({ message }) => String(message).includes('`can` failed'));
  expect(warnings).toEqual([expect.objectContaining({ resource: 'webhooks', err: expect.any(TypeError) })]);
});

it('such a rule shows nobody the figures of monitoring either', async () => {
  const server = createServer(express().use(at.sync.metrics()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect((await fetch(`http://127.0.0.1:${port}/`, { headers })).status).toBe(403);
  await new Promise((resolve) => server.close(resolve));
});
