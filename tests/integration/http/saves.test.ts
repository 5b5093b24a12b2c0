import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSync, type Started } from '../../helpers/startSync.ts';

describe('saving a record over HTTP', () => {
  let at: Started;
  beforeEach(async () => {
    at = await startSync();
  });
  afterEach(() => at.stop());

  it('keeps every field that a partial save does not name', async () => {
    const saved = await (
      await at.send('PATCH', '/api/settings', { companyName: 'New', email: 'n@example.com' })
    ).json();
    expect(saved).toMatchObject({
      companyName: 'New',
      email: 'n@example.com',
      phone: '1',
      address: { street: 'A', city: 'Lyon' },
    });
  });

  it('merges edits of different fields that are based on the same version', async () => {
    const base = await (await at.send('GET', '/api/team/m1')).json();
    const [one, two] = await Promise.all([
      at.send('PUT', '/api/team/m1', { name: 'Camille R.', $base: { name: base.name } }),
      at.send('PUT', '/api/team/m1', { role: 'CEO', $base: { role: base.role } }),
    ]);
    expect([one?.status, two?.status]).toEqual([200, 200]);
    expect(await (await at.send('GET', '/api/team/m1')).json()).toMatchObject({
      name: 'Camille R.',
      role: 'CEO',
      version: 3,
    });
  });

  it('refuses the second edit of the same field with both versions, and ends in one more round trip', async () => {
    await at.send('PUT', '/api/team/m1', { role: 'Theirs', $base: { role: 'CTO' } });
    const refused = await at.send('PUT', '/api/team/m1', {
      role: 'Mine',
      phone: '5',
      $base: { role: 'CTO', phone: '0' },
    });
    expect(refused.status).toBe(409);
    const problem = await refused.json();
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(problem).toMatchObject({
      code: 'CONFLICT',
      conflicts: [{ path: '/role', base: 'CTO', mine: 'Mine', theirs: 'Theirs', author: 'api' }],
      current: { role: 'Theirs', phone: '0' },
    });
    const again = await at.send('PUT', '/api/team/m1', { role: 'Mine', phone: '5', $base: problem.current });
    expect(await again.json()).toMatchObject({ role: 'Mine', phone: '5' });
  });

  it('takes an ETag as base for as long as the log holds that version', async () => {
    const read = await at.send('GET', '/api/team/m1');
    const etag = read.headers.get('etag') ?? '';
    await at.send('PATCH', '/api/team/m1', { phone: '9' });
    const saved = await at.send('PUT', '/api/team/m1', { ...(await read.json()), role: 'CEO' }, { 'if-match': etag });
    expect(await saved.json()).toMatchObject({ role: 'CEO', phone: '9' });
    const gone = await at.send(
      'PUT',
      '/api/team/m1',
      { role: 'X' },
      { 'if-match': '"00000000-0000-7000-8000-000000000000.7"' },
    );
    expect(gone.status).toBe(412);
    expect(await gone.json()).toMatchObject({ code: 'BASE_GONE', current: { role: 'CEO' } });
  });

  it('takes the version in the body of an older client as base', async () => {
    const form = await (await at.send('GET', '/api/team/m1')).json();
    await at.send('PATCH', '/api/team/m1', { phone: '9' });
    expect(await (await at.send('PUT', '/api/team/m1', { ...form, role: 'CEO' })).json()).toMatchObject({
      role: 'CEO',
      phone: '9',
    });
  });

  it('asks a PUT, a DELETE and a person for a base, and lets a machine set fields blindly while saying what it overwrote', async () => {
    const person = await at.signIn();
    for (const answer of [
      await at.send('PUT', '/api/team/m1', { role: 'X' }),
      await at.send('DELETE', '/api/team/m1'),
      await person('PATCH', '/api/team/m1', { role: 'X' }),
    ]) {
      expect(answer.status).toBe(428);
      expect(await answer.json()).toMatchObject({ code: 'BASE_REQUIRED' });
    }
    const blind = await (await at.send('PATCH', '/api/team/m1', { role: 'X' })).json();
    expect(blind.$receipt).toMatchObject({
      outcome: 'saved',
      fields: [{ path: '/role', status: 'overwrote', theirs: 'CTO', by: 'server' }],
    });
    const overruled = await (await person('PUT', '/api/team/m1', { role: 'Y' }, { 'if-match': '*' })).json();
    expect(overruled).toMatchObject({
      role: 'Y',
      $receipt: { fields: [{ path: '/role', status: 'overwrote', theirs: 'X', by: 'api' }] },
    });
  });

  it('writes nothing and tells nobody when nothing changes', async () => {
    const before = (await at.send('GET', '/api/settings')).headers.get('x-sync-cursor');
    const answer = await at.send('PATCH', '/api/settings', { companyName: 'TRU Group' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('sync-outcome')).toBe('unchanged');
    expect(await answer.json()).toMatchObject({ version: 1, $receipt: { outcome: 'unchanged' } });
    expect((await at.send('GET', '/api/settings')).headers.get('x-sync-cursor')).toBe(before);
  });

  it.each([
    ['settings', '/api/settings', { createdAt: 'x', updatedBy: 'x', updatedAt: 'x', version: 'x', id: 'x' }],
    ['team', '/api/team/m1', { createdAt: 'x', joinDate: '1999-01-01', employeeId: 'forged' }],
    ['services', '/api/services/s1', { createdAt: 'x', views: 999, rating: 1 }],
    ['solutions', '/api/solutions/x1', { createdAt: 'x', views: 999, category: 'forged' }],
  ])('keeps the protected fields of %s in every kind of body', async (_name, path, forged) => {
    const before = await (await at.send('GET', path)).json();
    const { updatedAt: _stamp, updatedBy: _author, version: _version, ...protectedBefore } = before;
    const operations = Object.entries(forged).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }));
    const bodies: [string, unknown, Record<string, string>][] = [
      ['PUT', { ...forged, $base: before }, {}],
      ['PATCH', forged, {}],
      ['PATCH', forged, { 'content-type': 'application/merge-patch+json' }],
      ['PATCH', operations, { 'content-type': 'application/json-patch+json' }],
      [
        'PATCH',
        Object.keys(forged).map((name) => ({ op: 'remove', path: `/${name}` })),
        { 'content-type': 'application/json-patch+json' },
      ],
    ];
    for (const [method, body, headers] of bodies) {
      const answer = await at.send(method, path, body, headers);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject(protectedBefore);
    }
    const receipt = (await (await at.send('PATCH', path, forged, { prefer: 'receipt' })).json()).$receipt;
    expect(receipt.fields.every((field: { status: string }) => field.status === 'kept')).toBe(true);
    expect(receipt.fields.length).toBeGreaterThan(1);
  });

  it('lets a client add protection with Prefer: keep, and never remove any', async () => {
    const answer = await at.send(
      'PATCH',
      '/api/team/m1',
      { name: 'N', phone: '5', employeeId: 'forged' },
      { prefer: 'keep="/phone"' },
    );
    expect(await answer.json()).toMatchObject({ name: 'N', phone: '0', employeeId: 'E-1' });
  });

  it('sets createdAt, updatedAt and updatedBy from its own clock and user', async () => {
    const person = await at.signIn();
    const made = await person('POST', '/api/team', { name: 'Neu', createdAt: 'forged', updatedBy: 'forged' });
    expect(made.status).toBe(201);
    const record = await made.json();
    expect(made.headers.get('location')).toBe(`/api/team/${record.id}`);
    expect(record.updatedBy).toBe('admin');
    expect(Math.abs(Date.parse(record.createdAt) - Date.now())).toBeLessThan(60_000);
  });

  it('removes an optional field that $unset names, and does not mistake absence for it', async () => {
    const answer = await at.send('PUT', '/api/settings', { $unset: ['/phone'], $base: { phone: '1' } });
    expect(await answer.json()).not.toHaveProperty('phone');
    expect(await (await at.send('GET', '/api/settings')).json()).toHaveProperty('email');
  });

  it('judges the merged record, names each invalid field, and stores nothing then', async () => {
    const answer = await at.send('PATCH', '/api/settings', { companyName: '', email: 5, phone: '2' });
    expect(answer.status).toBe(422);
    const problem = await answer.json();
    expect(problem.errors.map((error: { path: string }) => error.path).sort()).toEqual(['/companyName', '/email']);
    expect(await (await at.send('GET', '/api/settings')).json()).toMatchObject({
      companyName: 'TRU Group',
      phone: '1',
      version: 1,
    });
  });

  it('reports in a receipt what a colleague changed among the fields of the form, and nothing that the form does not speak of', async () => {
    await at.send('PATCH', '/api/team/m1', { role: 'CEO', phone: '7' });
    const answer = await at.send(
      'PUT',
      '/api/team/m1',
      { name: 'N', role: 'CTO', $base: { name: 'Camille', role: 'CTO' } },
      { prefer: 'receipt' },
    );
    expect((await answer.json()).$receipt.fields).toEqual([
      { path: '/name', status: 'applied' },
      { path: '/role', status: 'merged', by: 'api', at: expect.any(String) },
    ]);
  });

  it('gives a new item of a keyed list an id, so that two admins can both add one', async () => {
    const base = { links: [{ id: 'a', label: 'A' }] };
    for (const label of ['B', 'C'])
      await at.send('PUT', '/api/settings', { links: [...base.links, { label }], $base: base });
    const { links } = await (await at.send('GET', '/api/settings')).json();
    expect(links.map((link: { label: string }) => link.label)).toEqual(['A', 'B', 'C']);
    expect(new Set(links.map((link: { id: string }) => link.id)).size).toBe(3);
  });

  it('refuses an unknown field and names the nearest known one', async () => {
    const answer = await at.send('PATCH', '/api/settings', { compnyName: 'x' });
    expect(answer.status).toBe(422);
    expect((await answer.json()).errors[0]).toMatchObject({
      path: '/compnyName',
      code: 'unknown_field',
      message: expect.stringContaining('companyName'),
    });
  });

  it('answers a dry run as it would save, and writes nothing', async () => {
    const answer = await at.send('PATCH', '/api/settings?dryRun=1', { companyName: 'Dry' });
    expect(await answer.json()).toMatchObject({ companyName: 'Dry', version: 2 });
    expect(await (await at.send('GET', '/api/settings')).json()).toMatchObject({
      companyName: 'TRU Group',
      version: 1,
    });
  });

  it('gives the first answer again for the same key, and refuses the key for another body', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const patch = [{ op: 'add', path: '/links/-', value: { id: 'b', label: 'B' } }];
    const headers = { ...key, 'content-type': 'application/json-patch+json' };
    const answers = await Promise.all([
      at.send('PATCH', '/api/settings', patch, headers),
      at.send('PATCH', '/api/settings', patch, headers),
    ]);
    for (const answer of answers)
      expect(await answer.json()).toMatchObject({ version: 2, links: [{ id: 'a' }, { id: 'b' }] });
    expect((await at.send('PATCH', '/api/settings', { phone: '3' }, key)).status).toBe(422);
    await at.restart();
    expect(await (await at.send('PATCH', '/api/settings', patch, headers)).json()).toMatchObject({ version: 2 });
  });

  it('does not undo a colleague when the retry of a save that changed nothing arrives late', async () => {
    const key = { 'idempotency-key': 'k-noop' };
    await at.send('PATCH', '/api/settings', { phone: '1' }, key);
    await at.send('PATCH', '/api/settings', { phone: 'colleague' });
    await at.send('PATCH', '/api/settings', { phone: '1' }, key);
    expect(await (await at.send('GET', '/api/settings')).json()).toMatchObject({ phone: 'colleague' });
  });

  it('refuses to delete what was edited meanwhile, and says that a deleted record is gone to whoever saves it', async () => {
    const etag = (await at.send('GET', '/api/team/m1')).headers.get('etag') ?? '';
    await at.send('PATCH', '/api/team/m1', { phone: '9' });
    const stale = await at.send('DELETE', '/api/team/m1', undefined, { 'if-match': etag });
    expect(stale.status).toBe(409);
    expect(await stale.json()).toMatchObject({ code: 'CONFLICT', current: { phone: '9' } });
    const fresh = (await at.send('GET', '/api/team/m1')).headers.get('etag') ?? '';
    expect((await at.send('DELETE', '/api/team/m1', undefined, { 'if-match': fresh })).status).toBe(204);
    const late = await at.send('PUT', '/api/team/m1', { phone: '5', $base: { phone: '9' } });
    expect(await late.json()).toMatchObject({ code: 'RECORD_DELETED', current: null, author: 'api' });
    const back = await at.send('POST', '/api/team', { id: 'm1', name: 'Camille' });
    expect(await back.json()).toMatchObject({ id: 'm1', version: 4 });
  });

  it('shows the public a draft only when it is published, and never what came after', async () => {
    const made = await (await at.send('POST', '/api/news', { title: 'Draft' })).json();
    const visitor = () => fetch(`${at.url}/api/news/${made.id}`);
    expect((await visitor()).status).toBe(404);
    const published = await (await at.send('POST', `/api/news/${made.id}/publish`)).json();
    expect(published).toMatchObject({ version: 2, publishedVersion: 2 });
    await at.send('PATCH', `/api/news/${made.id}`, { title: 'Half typed' });
    expect(await (await visitor()).json()).toMatchObject({ title: 'Draft', version: 2 });
    await at.send('POST', `/api/news/${made.id}/unpublish`);
    expect((await visitor()).status).toBe(404);
  });

  it('keeps secrets out of every answer, the history, the log file and the log lines', async () => {
    await at.send('PATCH', '/api/mail', { password: 'hunter22', host: 'smtp2' });
    const answers = await Promise.all(
      ['/api/mail', '/api/mail/history', '/api/sync/snapshot?resources=mail'].map(async (path) =>
        (await at.send('GET', path)).text(),
      ),
    );
    const files = await import('node:child_process')
      .then(({ execFileSync }) => execFileSync('grep', ['-rc', 'hunter22', at.folder]).toString())
      .catch((error: { stdout: Buffer }) => error.stdout.toString());
    expect([...answers, JSON.stringify(at.lines)].join()).not.toMatch(/hunter22|sealed:/);
    expect(files).not.toMatch(/:[1-9]/);
    expect(await (await at.send('PATCH', '/api/mail', { password: null, host: 'smtp3' })).json()).toMatchObject({
      host: 'smtp3',
    });
  });

  it('lists the history newest first, undoes one change keeping later ones, and restores a version as a new one', async () => {
    await at.send('PATCH', '/api/team/m1', { role: 'CEO' });
    await at.send('PATCH', '/api/team/m1', { phone: '9' });
    const history = await (await at.send('GET', '/api/team/m1/history')).json();
    expect(history.map((entry: { version: number }) => entry.version)).toEqual([3, 2, 1]);
    expect(history[0].patch.find((operation: { path: string }) => operation.path === '/phone')).toMatchObject({
      op: 'replace',
      value: '9',
    });
    expect(await (await at.send('POST', '/api/team/m1/undo', { version: 2 })).json()).toMatchObject({
      role: 'CTO',
      phone: '9',
      version: 4,
    });
    expect(await (await at.send('POST', '/api/team/m1/restore', { version: 1 })).json()).toMatchObject({
      role: 'CTO',
      phone: '0',
      version: 5,
    });
    expect((await fetch(`${at.url}/api/team/m1/history`)).status).toBe(401);
    await at.send('PATCH', '/api/settings', { phone: '8' });
    expect(await (await at.send('GET', '/api/settings/history?limit=1')).json()).toMatchObject([{ version: 2 }]);
    expect(await (await at.send('POST', '/api/settings/undo', { version: 2 })).json()).toMatchObject({ phone: '1' });
    expect((await at.send('GET', '/api/team/history')).status).toBe(404);
  });

  it('refuses an unknown field at any depth, also when a JSON Patch brings it with the whole record', async () => {
    const nested = await at.send('PATCH', '/api/settings', { address: { city: 'Nice', cty: 'Paris' } });
    expect((await nested.json()).errors[0]).toMatchObject({
      path: '/address/cty',
      message: expect.stringContaining('"city"'),
    });
    const whole = await at.send(
      'PATCH',
      '/api/settings',
      [{ op: 'replace', path: '', value: { companyName: 'Z', evil: 1 } }],
      { 'content-type': 'application/json-patch+json' },
    );
    expect([whole.status, (await whole.json()).errors[0].path]).toEqual([422, '/evil']);
  });

  it('lets no patch copy a secret into a field that can be read', async () => {
    await at.send('PATCH', '/api/mail', { password: 'hunter22' });
    for (const from of ['', '/password']) {
      const answer = await at.send('PATCH', '/api/mail', [{ op: 'copy', from, path: '/host' }], {
        'content-type': 'application/json-patch+json',
      });
      expect([answer.status, await answer.text()]).toEqual([422, expect.not.stringContaining('sealed:')]);
    }
    expect((await at.send('PATCH', '/api/mail', { password: 5 })).status).toBe(422);
  });

  it('bounds what a small JSON Patch can build, in size and in depth', async () => {
    const patch = { 'content-type': 'application/json-patch+json' };
    const copies = Array.from({ length: 990 }, (_, index) => ({ op: 'copy', from: '/phone', path: `/c${index}` }));
    expect(
      (
        await at.send(
          'PATCH',
          '/api/settings',
          [{ op: 'add', path: '/phone', value: 'x'.repeat(900_000) }, ...copies],
          patch,
        )
      ).status,
    ).toBe(422);
    const deep = Array.from({ length: 90 }, (_, index) => ({
      op: 'add',
      path: `/address${'/a'.repeat(index + 1)}`,
      value: {},
    }));
    expect((await at.send('PATCH', '/api/settings', deep, patch)).status).toBe(400);
  });

  it('takes field names that every object has for what they are', async () => {
    for (const name of ['toString', 'valueOf', 'hasOwnProperty'])
      expect((await at.send('PATCH', '/api/settings', { [name]: 'x' })).status).toBe(422);
    expect((await at.send('POST', '/api/settings/restore', { version: 1, fields: ['__proto__'] })).status).toBe(400);
    expect((await at.send('PUT', '/api/settings', { $base: {}, $unset: ['/__proto__/x'] })).status).toBe(400);
  });

  it('refuses ids that no address can carry, and a dry run in words that it does not know', async () => {
    await expect(at.sync.records('team').create({ id: '..', name: 'N' })).rejects.toMatchObject({
      code: 'BAD_PARAMETER',
    });
    for (const id of ['.', '..', 5, 'a/b'])
      expect((await at.send('POST', '/api/team', { id, name: 'N' })).status).toBe(422);
    expect((await at.send('PATCH', '/api/settings?dryRun=please', { phone: '9' })).status).toBe(400);
    await at.send('PATCH', '/api/settings?dryRun=true', { phone: '9' });
    expect(await (await at.send('GET', '/api/settings')).json()).toMatchObject({ phone: '1' });
    expect((await at.send('DELETE', '/api/settings', undefined, { 'if-match': '*' })).status).toBe(405);
  });

  it('writes one log line per save with request id, actor, resource, outcome and duration', async () => {
    const answer = await at.send('PATCH', '/api/settings', { phone: '7' });
    const line = at.lines.find((one) => one['message'] === 'save');
    expect(line).toMatchObject({
      requestId: answer.headers.get('x-request-id'),
      actor: 'api',
      resource: 'settings',
      id: 'main',
      outcome: 'saved',
      version: 2,
    });
    expect(line?.['durationMs']).toBeTypeOf('number');
  });
});
