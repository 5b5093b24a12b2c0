import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lowdbStore } from '../../../backend/stores/lowdb/lowdbStore.ts';
import { clerkUser } from '../inbound/clerkCalls.ts';
import { runCli, temporaryFolder } from './runCli.ts';

let temporary: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  temporary = await temporaryFolder();
});
afterEach(() => temporary.remove());

const reconcile = async (users: unknown, ...words: readonly string[]) => {
  await writeFile(temporary.at('users.json'), typeof users === 'string' ? users : JSON.stringify(users));
  return runCli(['reconcile', temporary.at('users.json'), '--data-dir', temporary.at('data'), ...words]);
};

async function stored(): Promise<readonly unknown[]> {
  const store = lowdbStore({ folder: temporary.at('data') });
  await store.open();
  const users = await store.list('users');
  await store.close();
  return users.flatMap(({ record }) => (record ? [[record['clerk_user_id'], record['first_name']]] : []));
}

it('names what differs without its values, saves it unless that is a rehearsal, and then finds nothing', async () => {
  const users = [clerkUser('user_a', 1, { first_name: 'Ada' }), clerkUser('user_b', 1, { first_name: 'Bo' })];
  const rehearsal = await reconcile(users, '--dry-run');
  expect(rehearsal.out).toContain('user_a: create (email, first_name');
  expect(rehearsal.out).toContain('Nothing was saved: 2 differ, 0 unchanged, 0 newer here.');
  expect(rehearsal.out + rehearsal.errors).not.toContain('Ada');
  expect(await stored()).toEqual([]);
  expect((await reconcile(users)).code).toBe(0);
  expect(await stored()).toEqual([['user_a', 'Ada'], ['user_b', 'Bo']]); // prettier-ignore
  expect((await reconcile(users)).out).toContain('0 differ, 2 unchanged');
  expect((await reconcile(users.slice(0, 1))).out).toContain('user_b: missing');
  expect((await reconcile(users.slice(0, 1), '--remove')).out).toContain('user_b: delete');
  expect(await stored()).toEqual([['user_a', 'Ada']]);
});

it.each([
  ['no JSON', 'hello', 'is not JSON'],
  ['no list', '{}', 'has to hold a list'],
  ['other things than users', '[{"name":"x"}]', 'INVALID'],
])('refuses a file with %s, and saves nothing', async (_name, text, sentence) => {
  const { code, errors } = await reconcile(text);
  expect([code, errors]).toEqual([1, expect.stringContaining(sentence)]);
});
