import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { defineUsers, postgresStore } from 'backoffice-sync';
import { afterAll, describe, expect, it } from 'vitest';
import { createSealer } from '../../../backend/auth/sealer.ts';
import { createIdentities, type Identities } from '../../../backend/inbound/createIdentities.ts';
import type { IdentityEvent } from '../../../backend/inbound/identitySource.ts';
import { createSaver } from '../../../backend/records/save.ts';
import type { Store } from '../../../backend/stores/store.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';

const users = defineUsers();
const clerk = { source: 'clerk', title: 'Clerk' };
const database = await startTestDatabase();
afterAll(() => database?.stop());

/** What an upstream has done, one thing after the other: the number is its time. */
type Step = { readonly user: string } & (
  | { readonly does: 'save'; readonly name: string }
  | { readonly does: 'delete' }
  | { readonly does: 'join'; readonly organization: string; readonly role: string }
  | { readonly does: 'leave'; readonly organization: string }
);

const user = fc.constantFrom('user_1', 'user_2');
const organization = fc.constantFrom('org_a', 'org_b');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ user, does: fc.constant('save' as const), name: fc.string({ maxLength: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ user, does: fc.constant('delete' as const) }) },
  { weight: 2, arbitrary: fc.record({ user, does: fc.constant('join' as const), organization, role: fc.constantFrom('admin', 'member') }) },
  { weight: 2, arbitrary: fc.record({ user, does: fc.constant('leave' as const), organization }) },
); // prettier-ignore

function eventOf(one: Step, at: number): IdentityEvent {
  const base = { userId: one.user, at, sentAt: at };
  switch (one.does) {
    case 'save':
      return { ...base, kind: 'saved', fields: { first_name: one.name } };
    case 'delete':
      return { ...base, kind: 'deleted' };
    case 'join':
      return { ...base, kind: 'joined', organizationId: one.organization, role: one.role };
    case 'leave':
      return { ...base, kind: 'left', organizationId: one.organization };
  }
}

/** What the upstream has in the end. */
function stateAfter(
  steps: readonly Step[],
): Record<string, { name: string; memberships: Record<string, string> } | null> {
  const state: Record<string, { name: string | null; memberships: Record<string, string> }> = {};
  for (const one of steps) {
    const known = (state[one.user] ??= { name: null, memberships: {} });
    if (one.does === 'save') known.name = one.name;
    else if (one.does === 'delete') state[one.user] = { name: null, memberships: {} };
    else if (one.does === 'join') known.memberships[one.organization] = one.role;
    else delete known.memberships[one.organization];
  }
  const result = Object.entries(state).map(([id, { name, memberships }]) => [
    id,
    name === null ? null : { name, memberships },
  ]);
  return Object.fromEntries(result) as ReturnType<typeof stateAfter>;
}

async function stateOf(store: Store, ids: readonly string[]): Promise<ReturnType<typeof stateAfter>> {
  const state: ReturnType<typeof stateAfter> = {};
  for (const id of ids) {
    const record = (await store.load('users', id))?.record;
    const memberships = (record?.['organization_memberships'] ?? []) as { organization_id: string; role: string }[];
    state[id] = record
      ? {
          name: String(record['first_name']),
          memberships: Object.fromEntries(memberships.map((one) => [one.organization_id, one.role])),
        }
      : null;
  }
  return state;
}

/** Two nodes of one installation, each with a memory of its own; events go to one and the other in turn. */
function nodesOn(store: Store): (place: number) => Identities {
  const node = (): Identities => {
    const saver = createSaver({ store, sealer: createSealer(randomBytes(32)) });
    return createIdentities({ store, saver, resource: () => users });
  };
  const [first, second] = [node(), node()];
  return (place) => (place % 2 === 0 ? first : second);
}

describe('events that come in any order, several times, and some at once', () => {
  it('end in what the upstream has', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 12 }).chain((steps) => {
          const arrivals = fc.array(fc.nat({ max: Math.max(0, steps.length - 1) }), { maxLength: 12 });
          const order = fc.shuffledSubarray(
            steps.map((_, index) => index),
            { minLength: steps.length },
          );
          return fc.record({
            steps: fc.constant(steps),
            order,
            repeats: steps.length === 0 ? fc.constant([]) : arrivals,
            width: fc.integer({ min: 1, max: 4 }),
          });
        }),
        async ({ steps, order, repeats, width }) => {
          const store = memoryStore();
          const nodes = nodesOn(store);
          const queue = [...repeats, ...order];
          while (queue.length > 0) {
            const together = queue.splice(0, width);
            await Promise.all(
              together.map((index, place) =>
                nodes(place).take(clerk, eventOf(steps[index] as Step, 1000 + index), `msg_${index}`),
              ),
            );
          }
          const expected = stateAfter(steps);
          expect(await stateOf(store, Object.keys(expected))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('two nodes, of which one stands still before it saves', () => {
  /** A node that goes on, and one whose first save waits until the test lets it. */
  function startNodes() {
    const store = memoryStore();
    const saver = createSaver({ store, sealer: createSealer(randomBytes(32)) });
    let [arrive, open] = [(): void => undefined, (): void => undefined];
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const opened = new Promise<void>((resolve) => (open = resolve));
    const slowSaver = createSaver({ store, sealer: createSealer(randomBytes(32)) });
    const slow = createIdentities({
      store,
      resource: () => users,
      saver: {
        ...slowSaver,
        async save(request) {
          arrive();
          await opened;
          return slowSaver.save(request);
        },
      },
    });
    const record = async () => (await store.load('users', 'user_1'))?.record ?? null;
    return {
      fast: createIdentities({ store, saver, resource: () => users }),
      slow,
      reached,
      open: () => open(),
      record,
      store,
    };
  }
  const saved = (at: number, fields: object) => ({ kind: 'saved', userId: 'user_1', at, sentAt: at, fields }) as const;

  it('nothing of the older event is mixed into the newer one', async () => {
    const { fast, slow, reached, open, record, store } = startNodes();
    await fast.take(clerk, saved(1, { first_name: 'A', email: 'a@example.com' }), 'msg_1');
    const older = slow.take(clerk, saved(5, { first_name: 'A', email: 'older@example.com' }), 'msg_5');
    await reached;
    await fast.take(clerk, saved(9, { first_name: 'Newest', email: 'a@example.com' }), 'msg_9');
    open();
    expect(await older).toBe('older');
    expect(await record()).toMatchObject({ first_name: 'Newest', email: 'a@example.com' });
    expect((await store.log.history('users', 'user_1', { limit: 10 })).length).toBe(2);
  });

  it('a user who was deleted meanwhile does not come back', async () => {
    const { fast, slow, reached, open, record } = startNodes();
    const older = slow.take(clerk, saved(5, { first_name: 'A' }), 'msg_5');
    await reached;
    await fast.take(clerk, { kind: 'deleted', userId: 'user_1', at: 9, sentAt: 9 }, 'msg_9');
    open();
    await older;
    expect(await record()).toBeNull();
  });

  it('an event that was noted and not saved is saved when it comes again', async () => {
    const { fast, store, record } = startNodes();
    const event = saved(5, { first_name: 'A' });
    const saver = {
      ...createSaver({ store, sealer: createSealer(randomBytes(32)) }),
      save: () => Promise.reject(new Error('the process ended')),
    };
    await expect(createIdentities({ store, saver, resource: () => users }).take(clerk, event, 'msg_5')).rejects.toThrow(
      'ended',
    );
    expect(await fast.take(clerk, event, 'msg_5')).toBe('applied');
    expect(await record()).toMatchObject({ first_name: 'A' });
  });
});

describe.skipIf(database === null)('two nodes on PostgreSQL', () => {
  it('with events of one user at once end in the newest, and every version of the record is newer than the one before', async () => {
    const pool = database?.createPool(10);
    if (!pool) throw new Error('There is no database.');
    const store = postgresStore({ pool, schema: database?.createSchemaName() ?? '' });
    await store.open();
    try {
      const nodes = nodesOn(store);
      const times = Array.from({ length: 24 }, (_, index) => 1000 + ((index * 7) % 24));
      await Promise.all(
        times.map((at, place) =>
          nodes(place).take(
            clerk,
            { kind: 'saved', userId: 'user_1', at, sentAt: at, fields: { first_name: String(at) } },
            `msg_${at}`,
          ),
        ),
      );
      expect((await store.load('users', 'user_1'))?.record).toMatchObject({ first_name: '1023' });
      const history = await store.log.history('users', 'user_1', { limit: 100 });
      const names = history.map((entry) => Number(entry.record?.['first_name'])).reverse();
      expect(names).toEqual([...names].sort((a, b) => a - b));
      const last = { kind: 'deleted', userId: 'user_1', at: 5000, sentAt: 5000 } as const;
      const late = times.map((at) => ({ kind: 'saved', userId: 'user_1', at, sentAt: at, fields: {} }) as const);
      await Promise.all(
        [...late, last, ...late].map((event, place) => nodes(place).take(clerk, event, `again_${place}`)),
      );
      expect((await store.load('users', 'user_1'))?.record).toBeNull();
    } finally {
      await store.close();
      await pool.end();
    }
  });
});
