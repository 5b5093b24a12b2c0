import { afterEach, expect, it } from 'vitest';
import { openSocket, type OpenSocket } from '../../helpers/openSocket.ts';
import { startSync, type Started } from '../../helpers/startSync.ts';

const headers = (user: string) => ({ 'x-user': user, authorization: 'none' });

let at: Started;
afterEach(() => at.stop());

/** Rights that nobody sees from outside, as a class of an integrator may keep them. */
class Rights {
  readonly #level: number;
  constructor(level: number) {
    this.#level = level;
  }
  max(): number {
    return this.#level;
  }
}
const inSight = (level: number): unknown => new Set([level]);

/** Who says `ada/2` is Ada with level 2; services whose title names a higher level are not for her. */
const start = async (levels = new Map<string, number>(), rightsOf = inSight): Promise<void> => {
  at = await startSync({
    authenticate(request) {
      const [id, level] = (request.get('x-user') ?? '').split('/');
      return id
        ? { id, name: id, role: 'editor', kind: 'admin', rights: rightsOf(levels.get(id) ?? Number(level)) }
        : null;
    },
    can: (user, _action, { record }) => {
      const rights = user['rights'] as Set<number> | Rights;
      const level = rights instanceof Rights ? rights.max() : Math.max(...rights);
      return record === null || Number(/level (\d)/.exec(String(record['title']))?.[1] ?? 0) <= level;
    },
  });
};
const open = async (user: string): Promise<OpenSocket> => {
  const socket = await openSocket(`${at.url}/api/sync/ws?resources=services`, headers(user));
  await socket.next('subscribed');
  return socket;
};
const titleOf = async (socket: OpenSocket): Promise<unknown> => {
  const { change } = (await socket.next('change')) as unknown as { change: { record: { title: string } | null } };
  return change.record?.title;
};
const poll = async (user: string, since: string): Promise<string> =>
  (await fetch(`${at.url}/api/sync/poll?resources=services&since=${since}`, { headers: headers(user) })).text();

it.each([
  ['a set', inSight],
  ['a class with a private field', (level: number): unknown => new Rights(level)],
])(
  'two identities of one user are told what each may read, whichever came first and over every transport: rights in %s',
  { timeout: 10_000 },
  async (_kind, rightsOf) => {
    await start(undefined, rightsOf);
    const since =
      (await fetch(`${at.url}/api/services`, { headers: headers('ada/1') })).headers.get('x-sync-cursor') ?? '';
    const sockets = { adaWide: await open('ada/5'), adaNarrow: await open('ada/1'), carlNarrow: await open('carl/1'), carlWide: await open('carl/5') }; // prettier-ignore
    await at.sync.emitCreated('services', 'a', { title: 'of level 5' });
    await at.sync.emitCreated('services', 'b', { title: 'for all' });
    for (const one of [sockets.adaNarrow, sockets.carlNarrow]) expect(await titleOf(one)).toBe('for all');
    for (const one of [sockets.adaWide, sockets.carlWide])
      expect([await titleOf(one), await titleOf(one)]).toEqual(['of level 5', 'for all']);
    expect(await poll('ada/5', since)).toContain('of level 5');
    const narrow = await poll('ada/1', since);
    expect(narrow).toContain('for all');
    expect(narrow).not.toContain('of level 5');
    for (const socket of Object.values(sockets)) socket.cut();
  },
);

it('who lost a right is told nothing of it any more in a tab that he opens after that, while an older tab is still open', { timeout: 10_000 }, async () => {
  const levels = new Map([['ada', 5]]);
  await start(levels);
  const before = await open('ada');
  levels.set('ada', 1);
  const after = await open('ada');
  await at.sync.emitCreated('services', 'a', { title: 'of level 5' });
  await at.sync.emitCreated('services', 'b', { title: 'for all' });
  expect(await titleOf(after)).toBe('for all');
  levels.set('ada', 5);
  const promoted = await open('ada');
  await at.sync.emitCreated('services', 'c', { title: 'also of level 5' });
  expect(await titleOf(promoted)).toBe('also of level 5');
  for (const socket of [before, after, promoted]) socket.cut();
}); // prettier-ignore
