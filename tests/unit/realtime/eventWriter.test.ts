import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPermissions, type Permissions, type User } from '../../../backend/auth/permissions.ts';
import type { ChangeEntry } from '../../../backend/log/entry.ts';
import { createEventWriter } from '../../../backend/readers/realtime/eventWriter.ts';
import { createCounters } from '../../../backend/records/counters/createCounters.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { draftWrite } from '../../../backend/testing/draftWrite.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { testResources } from '../../helpers/startSync.ts';

const userCount = 240;
const entryCount = 300;
const users: readonly User[] = Array.from({ length: userCount }, (_, n) => ({
  id: `u${n}`,
  name: `User ${n}`,
  role: 'viewer',
  kind: 'admin',
}));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What nobody holds any more is gone after this. */
async function collectGarbage(): Promise<void> {
  await nextTurn();
  collect();
}

describe('what an entry of the log is for its readers', { timeout: 60_000 }, () => {
  let entries: readonly ChangeEntry[];
  let writerFor: (permissions: Permissions) => ReturnType<typeof createEventWriter>;

  beforeEach(async () => {
    const store = memoryStore();
    const version = (n: number): JsonObject | null =>
      n === 0 ? null : { id: 'one', name: `n${n}`, role: 'x'.repeat(400), version: n };
    for (let n = 1; n <= entryCount; n += 1)
      await store.commit([
        draftWrite('one', version(n), { resource: 'team', expectedVersion: n - 1, before: version(n - 1) }),
      ]);
    entries = (await store.log.read(0, entryCount)).entries.filter((entry) => entry.kind === 'change');
    writerFor = (permissions) =>
      createEventWriter({
        log: store.log,
        counters: createCounters(store),
        permissions,
        resources: new Map(testResources.map((resource) => [resource.name, resource])),
        rooms: { mayJoin: async () => true, refuse: async () => undefined },
        presence: undefined as never,
        scopeOf: () => null,
        isKept: () => true,
      });
  });

  /** Writes every entry for every user, and says how much of it is still held. */
  async function heldOf(permissions: Permissions): Promise<number> {
    const writer = writerFor(permissions);
    const written: WeakRef<object>[] = [];
    for (const user of users) {
      const audience = permissions.audienceOf(user);
      await Promise.all(
        entries.map((entry) => {
          const one = writer.write(entry, audience);
          written.push(new WeakRef(one));
          return one;
        }),
      );
    }
    await collectGarbage();
    expect(written).toHaveLength(userCount * entryCount);
    return written.filter((one) => one.deref() !== undefined).length;
  }

  it('is made once for one audience, however many ask', async () => {
    const permissions = createPermissions({});
    const writer = writerFor(permissions);
    const [first, second] = users.map((user) => permissions.audienceOf(user));
    const [entry] = entries;
    if (!first || !second || !entry) throw new Error('There is nobody and nothing.');
    expect(writer.write(entry, first)).toBe(writer.write(entry, second));
    await writer.write(entry, first);
    expect(writer.write(entry, first)).toBe(writer.write(entry, second));
  });

  it('has one record before it, however many audiences are told of that', async () => {
    const permissions = createPermissions({ can: () => true });
    const writer = writerFor(permissions);
    const entry = entries.at(-1);
    if (!entry) throw new Error('There is nothing.');
    const told = await Promise.all(users.map((user) => writer.write(entry, permissions.audienceOf(user))));
    expect(told).toHaveLength(userCount);
    expect(new Set(told.map((one) => one?.change.before)).size).toBe(1);
    expect(told[0]?.change.before).toMatchObject({ name: `n${entryCount - 1}` });
  });

  it('is not kept for everybody who has rules of his own: it stays below 16 MiB, users times entries would not', async () => {
    expect(await heldOf(createPermissions({ can: () => true }))).toBeLessThan((16 * 1_048_576) / 1_024);
  });

  it('is not kept either for those who are told nothing of it', async () => {
    const scoped = createPermissions({ scope: (user) => ({ organization: user.id }) });
    expect(await heldOf(scoped)).toBeLessThan((16 * 1_048_576) / 256 + 1);
  });
});
