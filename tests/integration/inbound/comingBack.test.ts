import { defineUsers } from 'backoffice-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSync, testResources, type Started } from '../../helpers/startSync.ts';
import { clerkSecret, membershipEvent, sendClerk, userEvent } from './clerkCalls.ts';

/** What happens the next time that the schema of the users is asked: between what a save has read and what it stores. */
let meanwhile: (() => Promise<unknown>) | null;
let happening: Promise<unknown> | null;
const schema = z.object({ note: z.string().optional() }).refine(async () => {
  // Asked twice for one record: only the second time is waited for.
  happening ??= meanwhile?.() ?? null;
  await happening;
  return true;
});

let site: Started;
beforeEach(async () => {
  [meanwhile, happening] = [null, null];
  const resources = [...testResources, defineUsers({ schema })];
  site = await startSync({ resources, inbound: { clerk: { secret: clerkSecret } } });
});
afterEach(() => site.stop());

const read = async (id: string) => {
  const answer = await site.send('GET', `/api/users/${id}`);
  return answer.status === 200 ? ((await answer.json()) as Record<string, unknown>) : null;
};
const remove = () => site.send('DELETE', '/api/users/user_1', undefined, { 'if-match': '*' });

describe('a user whom a person has deleted, and who comes back', () => {
  beforeEach(async () => {
    await sendClerk(site, userEvent('created', 'user_1', 0));
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_a', 5, 'org:admin'));
    await remove();
  });

  it('has no identity where Clerk deletes him between the look at what it knows and the save', async () => {
    meanwhile = () => sendClerk(site, userEvent('deleted', 'user_1', 3000));
    const answer = await site.send('POST', '/api/users/user_1/restore', { version: 2 });
    expect(answer.status).toBe(201);
    const kept = (await read('user_1')) ?? {};
    expect(kept).toMatchObject({ id: 'user_1', organization_memberships: [] });
    for (const name of ['clerk_user_id', 'source_id', 'email', 'first_name']) expect(kept).not.toHaveProperty(name);
    expect(await answer.json()).toMatchObject({ version: kept['version'] });
    expect(await site.sync.getUserByClerkId('user_1')).toBeNull();
  });

  it('has the memberships of now where one ends between the look and the save', async () => {
    meanwhile = () => sendClerk(site, membershipEvent('deleted', 'user_1', 'org_a', 3000));
    await site.send('POST', '/api/users/user_1/restore', { version: 2 });
    expect(await read('user_1')).toMatchObject({ clerk_user_id: 'user_1', organization_memberships: [] });
  });

  it('by POST is who Clerk says, with the fields that were sent', async () => {
    const answer = await site.send('POST', '/api/users', { id: 'user_1', note: 'again' });
    expect(answer.status).toBe(201);
    const back = {
      clerk_user_id: 'user_1', source: 'clerk', email: 'user_1@example.com', first_name: 'Camille', note: 'again',
      organization_memberships: [{ organization_id: 'org_a', role: 'org:admin' }],
    }; // prettier-ignore
    expect(await answer.json()).toMatchObject(back);
    expect(await site.sync.getUserByClerkId('user_1')).toMatchObject(back);
  });

  it('by POST has no identity where Clerk has deleted him too', async () => {
    await sendClerk(site, userEvent('deleted', 'user_1', 3000));
    expect((await site.send('POST', '/api/users', { id: 'user_1', note: 'new' })).status).toBe(201);
    expect(await read('user_1')).not.toHaveProperty('clerk_user_id');
    expect(await site.sync.getUserByClerkId('user_1')).toBeNull();
  });
});

describe('a user whom a person has made under an id of Clerk', () => {
  beforeEach(async () => {
    await site.send('POST', '/api/users', { id: 'user_1', note: 'by hand' });
    await sendClerk(site, membershipEvent('created', 'user_1', 'org_a', 5, 'org:admin'));
  });

  it('is a member of nothing until Clerk names him, and then of what came before', async () => {
    expect(await read('user_1')).toMatchObject({ note: 'by hand', organization_memberships: [] });
    await sendClerk(site, userEvent('created', 'user_1', 10));
    expect(await read('user_1')).toMatchObject({
      note: 'by hand',
      clerk_user_id: 'user_1',
      organization_memberships: [{ organization_id: 'org_a', role: 'org:admin' }],
    });
  });

  it('is a member of nothing after a deletion at Clerk, and stays', async () => {
    expect((await sendClerk(site, userEvent('deleted', 'user_1', 3000))).status).toBe(200);
    expect(await read('user_1')).toMatchObject({ note: 'by hand', organization_memberships: [] });
  });
});
