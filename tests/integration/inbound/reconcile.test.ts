import { defineUsers } from 'backoffice-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../../shared/json.ts';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';
import { clerkSecret, clerkUser, membershipEvent, sendClerk, start, userEvent } from './clerkCalls.ts';

let site: Started;
const users = defineUsers({ schema: z.object({ role: z.enum(['CTO', 'CEO']).optional() }) });

beforeEach(async () => {
  site = await startSync({ resources: [...testResources, users], inbound: { clerk: { secret: clerkSecret } } });
});
afterEach(() => site.stop());

const exportOf = (...all: Record<string, unknown>[]) => all as unknown as JsonObject[];
const read = async (id: string) => {
  const answer = await site.send('GET', `/api/users/${id}`);
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : null;
};

describe('comparing with a full export', () => {
  it('lists what differs without saving, then saves it, and then finds nothing', async () => {
    await sendClerk(site, userEvent('created', 'user_same', 0));
    await sendClerk(site, userEvent('created', 'user_old', 0, { first_name: 'Old' }));
    await site.send('PATCH', '/api/users/user_old', { role: 'CTO' });
    const users = exportOf(
      clerkUser('user_same', 0),
      clerkUser('user_old', 50, { first_name: 'New' }),
      clerkUser('user_new', 20),
    );
    const changes = [
      { id: 'user_old', action: 'update', fields: ['first_name'] },
      { id: 'user_new', action: 'create', fields: ['email', 'first_name', 'last_name', 'image_url'] },
    ];
    const dry = await site.sync.reconcileUsers(users, { dryRun: true });
    expect(dry).toEqual({ users: 3, changes, unchanged: 1, newer: 0, dryRun: true });
    expect(await read('user_new')).toBeNull();
    expect(await site.sync.reconcileUsers(users)).toMatchObject({ changes, dryRun: false });
    expect(await read('user_old')).toMatchObject({ first_name: 'New', role: 'CTO' });
    expect(await read('user_new')).toMatchObject({ clerk_user_id: 'user_new' });
    expect(await site.sync.reconcileUsers(users)).toMatchObject({ changes: [], unchanged: 3 });
  });

  it('deletes users whom the export lacks only when it is told to, and they stay deleted', async () => {
    await sendClerk(site, userEvent('created', 'user_gone', 0));
    const users = exportOf(clerkUser('user_1', 100));
    expect(await site.sync.reconcileUsers(users)).toMatchObject({
      changes: [
        { id: 'user_1', action: 'create' },
        { id: 'user_gone', action: 'missing', fields: [] },
      ],
    });
    expect(await read('user_gone')).not.toBeNull();
    expect(await site.sync.reconcileUsers(users, { remove: true })).toMatchObject({
      changes: [{ id: 'user_gone', action: 'delete' }],
    });
    await sendClerk(site, userEvent('updated', 'user_gone', 90));
    expect(await read('user_gone')).toBeNull();
  });

  it('takes nothing back that happened after the export', async () => {
    await sendClerk(site, userEvent('updated', 'user_1', 200, { first_name: 'Newest' }));
    await sendClerk(site, userEvent('created', 'user_later', 150));
    await sendClerk(site, userEvent('created', 'user_left', 0));
    await sendClerk(site, userEvent('deleted', 'user_left', 160));
    const users = exportOf(clerkUser('user_1', 100, { first_name: 'Older' }), clerkUser('user_left', 0));
    expect(await site.sync.reconcileUsers(users, { remove: true })).toEqual({
      users: 2,
      changes: [],
      unchanged: 0,
      newer: 3,
      dryRun: false,
    });
    expect(await read('user_1')).toMatchObject({ first_name: 'Newest' });
    expect(await read('user_later')).not.toBeNull();
    expect(await read('user_left')).toBeNull();
  });

  it('mends a record that was changed past the events', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    await site.sync.records('users').update('user_1', { email: 'wrong@example.com' }, { override: ['email'] });
    await site.sync.reconcileUsers(exportOf(clerkUser('user_1', 0)));
    expect(await read('user_1')).toMatchObject({ email: 'user_1@example.com' });
  });

  it('compares memberships where the export lists them', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_old', 5));
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_later', 900));
    await site.sync.reconcileUsers(exportOf(clerkUser('user_1', 0)));
    expect((await read('user_1'))?.['organization_memberships']).toHaveLength(2);
    const organization_memberships = [{ organization: { id: 'org_new' }, role: 'org:admin', updated_at: start + 50 }];
    const result = await site.sync.reconcileUsers(exportOf(clerkUser('user_1', 0, { organization_memberships })), {
      exportedAt: start + 100,
    });
    expect(result.changes).toEqual([{ id: 'user_1', action: 'update', fields: ['organization_memberships'] }]);
    expect((await read('user_1'))?.['organization_memberships']).toEqual([
      { organization_id: 'org_later', role: 'org:member' },
      { organization_id: 'org_new', role: 'org:admin' },
    ]);
  });

  it('refuses an export that cannot be right, before anything is saved', async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    const reconcile = (given: unknown, options = {}) => site.sync.reconcileUsers(given as JsonObject[], options);
    await expect(reconcile([clerkUser('user_2', 0), { id: 7 }])).rejects.toMatchObject({ code: 'INVALID' });
    await expect(reconcile([clerkUser('user_2', 0), clerkUser('user_2', 1)])).rejects.toMatchObject({
      code: 'INVALID',
    });
    await expect(reconcile([], { remove: true })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(reconcile({ data: [] })).rejects.toMatchObject({ code: 'INVALID' });
    await expect(reconcile([clerkUser('user_2', 0, { updated_at: start * 1000 })])).rejects.toMatchObject({ code: 'INVALID' }); // prettier-ignore
    await expect(reconcile([clerkUser('user_2', 0)], { exportedAt: start * 1000 })).rejects.toMatchObject({ code: 'INVALID' }); // prettier-ignore
    expect(await read('user_1')).not.toBeNull();
    expect(await read('user_2')).toBeNull();
  });
});
