import { expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from '../../../backend/server/createServer.ts';
import { examples } from '../../../backend/server/example.ts';
import { readSettings } from '../../../backend/server/settings.ts';
import { workspaceAccounts } from '../../../backend/server/workspace/organizations.ts';

const token = 'workspace-token-1234';
const priorities = {
  high: 'goals candidates profiles agent_activities',
  medium: 'key_results interviews registry_builds job_postings',
  low: 'goal_collaborators candidate_notes performance_reviews performance_ratings peer_feedback registry_components registry_publications agent_communications integration_sync_logs',
};

/** Runs the shipped server with an example on a folder of its own, from the source. */
async function withExample(
  example: string,
  run: (at: { url: string; signIn(username: string, password: string): Promise<Send | null> }) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'backoffice-sync-example-'));
  const server = createServer(
    readSettings({
      EXAMPLE: example,
      DATA_DIR: folder,
      LOG_LEVEL: 'silent',
      RATE_LIMIT: '0',
      BACKOFFICE_API_TOKEN: token,
    }),
  );
  await server.sync.ready;
  const http = createHttpServer(server.app).listen(0, '127.0.0.1');
  await new Promise((resolve) => http.once('listening', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  try {
    await run({
      url,
      async signIn(username, password) {
        const login = await fetch(`${url}/api/auth/login`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', origin: url },
          body: JSON.stringify({ username, password }),
        });
        const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
        if (!login.ok) return null;
        return (method, path, body) =>
          fetch(`${url}${path}`, {
            method,
            headers: { cookie, origin: url, 'content-type': 'application/json' },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          });
      },
    });
  } finally {
    await server.close();
    http.closeAllConnections();
    http.close();
    await rm(folder, { recursive: true, force: true });
  }
}

type Send = (method: string, path: string, body?: unknown) => Promise<Response>;

it('the workspace declares 17 live resources with their priority, each with its words in both languages', () => {
  const { resources } = examples.workspace.options;
  const names = (priority: string) => resources.filter((one) => one.priority === priority).map(({ name }) => name).sort(); // prettier-ignore
  for (const [priority, wanted] of Object.entries(priorities))
    expect(names(priority)).toEqual(wanted.split(' ').sort());
  expect(resources).toHaveLength(17);
  for (const resource of resources) {
    expect([resource.name, resource.live]).not.toContain(false);
    const fields = Object.keys((resource.jsonSchema?.['properties'] ?? {}) as object);
    expect(fields).toContain('organization_id');
    // A field without a label would be shown by its name in both languages.
    expect([resource.name, fields.filter((name) => resource.fields[name]?.label === undefined)]).toEqual([resource.name, []]); // prettier-ignore
    expect(resource.titleField === null || fields.includes(resource.titleField)).toBe(true);
    expect((resource.listFields ?? []).filter((name) => !fields.includes(name))).toEqual([]);
  }
});

it('each example has its own data, and another name stops the start', () => {
  const [company, workspace] = [readSettings({}), readSettings({ EXAMPLE: 'workspace' })];
  expect([company.example, workspace.example]).toEqual(['company', 'workspace']);
  expect(company.dataDir).not.toBe(workspace.dataDir);
  expect(examples.company.schema).not.toBe(examples.workspace.schema);
  for (const name of ['work', 'toString', 'COMPANY'])
    expect(() => readSettings({ EXAMPLE: name })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(`"${name}"`) }),
    );
});

it('the accounts of the workspace exist in the workspace, and not in the company', async () => {
  await withExample('workspace', async ({ signIn }) => {
    for (const { username, password } of workspaceAccounts) expect(await signIn(username, password)).not.toBeNull();
  });
  await withExample('company', async ({ signIn }) => {
    for (const { username, password } of workspaceAccounts) expect(await signIn(username, password)).toBeNull();
  });
});

it('an editor finds, makes and changes what is of the own organization, in every resource, and nothing of the other', async () => {
  await withExample('workspace', async ({ url, signIn }) => {
    const [nord, sud] = [
      await signIn('nord-goals', 'nord-goals-example'),
      await signIn('sud-goals', 'sud-goals-example'),
    ];
    if (!nord || !sud) throw new Error('Nobody could sign in.');
    for (const { name } of examples.workspace.options.resources) {
      const seen = async (send: Send) => {
        const rows = (await (await send('GET', `/api/${name}`)).json()) as readonly { organization_id: string }[];
        return [...new Set(rows.map(({ organization_id }) => organization_id))];
      };
      expect([name, (await seen(nord)).filter((id) => id !== 'atelier-nord')]).toEqual([name, []]);
      expect([name, (await seen(sud)).filter((id) => id !== 'maison-sud')]).toEqual([name, []]);
    }
    const make = (send: Send, organization: string) =>
      send('POST', '/api/performance_reviews', { profile_id: 'nord-1', period: '2026 S2', text: 'Bien.', organization_id: organization }); // prettier-ignore
    expect((await make(nord, 'maison-sud')).status).toBe(403);
    const made = await make(nord, 'atelier-nord');
    expect(made.status).toBe(201);
    const { id } = (await made.json()) as { id: string };
    expect((await sud('GET', `/api/performance_reviews/${id}`)).status).toBe(404);
    expect(
      (await sud('PATCH', `/api/performance_reviews/${id}`, { text: 'Mal.', $base: { text: 'Bien.' } })).status,
    ).toBe(404);
    // Nobody gives a record away.
    const moved = await nord('PATCH', `/api/performance_reviews/${id}`, { organization_id: 'maison-sud', $base: { organization_id: 'atelier-nord' } }); // prettier-ignore
    expect(((await moved.json()) as { organization_id: string }).organization_id).toBe('atelier-nord');
    const admin = await fetch(`${url}/api/goals`, { headers: { authorization: `Bearer ${token}` } });
    const both = (await admin.json()) as readonly { organization_id: string }[];
    expect(new Set(both.map(({ organization_id }) => organization_id)).size).toBe(2);
    for (const path of ['/api/goals', '/api/sync/stream?resources=goals', '/api/performance_reviews'])
      expect((await fetch(`${url}${path}`)).status).toBe(401);
  });
});
