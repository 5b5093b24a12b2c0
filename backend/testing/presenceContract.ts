import type { CarriedMember, NodePresence, PresenceCarrier } from '../stores/presenceCarrier.ts';
import type { ContractRunner } from './contractRunner.ts';

/** A carrier that one test gets, with nobody on it. */
export interface ContractCarrier {
  readonly carrier: PresenceCarrier;
  /** The same place with leases of another length, as a node with other settings sees it. */
  withLease(leaseMs: number): PresenceCarrier;
  destroy(): Promise<void>;
}

/** What the suite is run on. */
export interface CarrierSubject {
  /** Stands in the titles, such as `postgres`. */
  readonly name: string;
  create(): Promise<ContractCarrier>;
}

/** The tests that every carrier of presence has to pass. */
export function presenceContract(runner: ContractRunner, subject: CarrierSubject): void {
  const { describe, it, expect, beforeEach, afterEach } = runner;

  describe(`the presence contract of ${subject.name}`, () => {
    let current: ContractCarrier;
    beforeEach(async () => {
      current = await subject.create();
    });
    afterEach(() => current.destroy());

    /** What a reader that knows nothing sees, by node. */
    async function seen(reader = 'reader'): Promise<Record<string, string[]>> {
      const nodes = await current.carrier.read(reader, new Map());
      return Object.fromEntries(nodes.map((one) => [one.node, keysOf(one)]));
    }

    it('an empty carrier has no nodes', async () => {
      expect(await current.carrier.read('a', new Map())).toEqual([]);
    });

    it('what a node begins with is whole for others and nothing for itself', async () => {
      const { carrier } = current;
      const member = memberOf('k1', { field: 'é "title"', list: [1, null, { a: true }] });
      const at = await carrier.begin('a', 1, [member]);
      expect(await carrier.read('b', new Map())).toEqual([
        { node: 'a', revision: 1, isWhole: true, members: [{ ...member, changedAt: at }], ended: [] },
      ]);
      expect(await carrier.read('a', new Map())).toEqual([]);
    });

    it('a reader gets what came after the revision that it knows, and nothing twice', async () => {
      const { carrier } = current;
      await carrier.begin('a', 1, [memberOf('k1'), memberOf('k2'), memberOf('k3')]);
      const at = await carrier.change('a', 2, { members: [memberOf('k1', { n: 2 })], ended: [nameOf('k2')] });
      expect(await carrier.read('b', new Map([['a', 1]]))).toEqual([
        {
          node: 'a',
          revision: 2,
          isWhole: false,
          members: [{ ...memberOf('k1', { n: 2 }), changedAt: at }],
          ended: [nameOf('k2')],
        },
      ]);
      expect(await carrier.read('b', new Map([['a', 2]]))).toEqual([
        { node: 'a', revision: 2, isWhole: false, members: [], ended: [] },
      ]);
      expect(await seen()).toEqual({ a: ['k1', 'k3'] });
    });

    it('a membership that ended may begin again, also under another user', async () => {
      const { carrier } = current;
      await carrier.begin('a', 1, [memberOf('k1')]);
      await carrier.change('a', 2, { members: [], ended: [nameOf('k1')] });
      const other = { ...memberOf('k1'), user: { id: 'u2', name: 'Bo' } };
      await carrier.change('a', 3, { members: [other], ended: [] });
      const [node] = await carrier.read('b', new Map([['a', 1]]));
      expect([node?.members.map(({ user }) => user), node?.ended]).toEqual([[{ id: 'u2', name: 'Bo' }], []]);
    });

    it('nodes that use the same channel and key do not touch each other', async () => {
      const { carrier } = current;
      await carrier.begin('a', 1, [memberOf('k1')]);
      await carrier.begin('b', 1, [memberOf('k1')]);
      await carrier.change('a', 2, { members: [], ended: [nameOf('k1')] });
      expect(await seen()).toEqual({ a: [], b: ['k1'] });
      await carrier.leave('a');
      expect(await seen()).toEqual({ b: ['k1'] });
    });

    it('a change of a node that is not there writes nothing and says so', async () => {
      const { carrier } = current;
      expect(await carrier.change('a', 1, { members: [memberOf('k1')], ended: [] })).toBe(null);
      await carrier.begin('a', 2, [memberOf('k1')]);
      await carrier.leave('a');
      expect(await carrier.change('a', 3, { members: [memberOf('k2')], ended: [] })).toBe(null);
      expect(await seen()).toEqual({});
    });

    it('a node that begins again is whole for whoever knew it, without what it had', async () => {
      const { carrier } = current;
      await carrier.begin('a', 1, [memberOf('k1')]);
      await carrier.begin('a', 2, [memberOf('k2')]);
      const [node] = await carrier.read('b', new Map([['a', 1]]));
      expect([node?.isWhole, node && keysOf(node)]).toEqual([true, ['k2']]);
    });

    it('a reader that slept through many writes misses no end', async () => {
      const { carrier } = current;
      await carrier.begin('a', 1, [memberOf('k1'), memberOf('k2')]);
      await carrier.change('a', 2, { members: [], ended: [nameOf('k1')] });
      for (let revision = 3; revision <= 100; revision += 1) {
        await carrier.change('a', revision, { members: [memberOf('k3', { revision })], ended: [] });
        const [awake] = await carrier.read('b', new Map([['a', revision - 1]]));
        expect([awake?.isWhole, awake && keysOf(awake)]).toEqual([false, ['k3']]);
      }
      const [late] = await carrier.read('c', new Map([['a', 1]]));
      const isTold = late?.isWhole === true || late?.ended.some(({ key }) => key === 'k1') === true;
      expect([isTold, await seen()]).toEqual([true, { a: ['k2', 'k3'] }]);
    });

    it('a node whose lease ran out has nobody, and a write within the lease keeps it', async () => {
      const { carrier } = current;
      const short = current.withLease(1);
      await carrier.begin('a', 1, [memberOf('k1')]);
      await short.begin('dead', 1, [memberOf('k2')]);
      while ('dead' in (await seen())) await new Promise(setImmediate);
      expect(await seen()).toEqual({ a: ['k1'] });
      // A write makes the lease long: who was only late is there again, with all that he had or with none of it known.
      if ((await carrier.change('dead', 2, { members: [], ended: [] })) === null)
        await carrier.begin('dead', 3, [memberOf('k2')]);
      expect(await seen()).toEqual({ a: ['k1'], dead: ['k2'] });
    });

    it('many nodes that write at once keep what is theirs', async () => {
      const { carrier } = current;
      const names = Array.from({ length: 8 }, (_, n) => `n${n}`);
      await Promise.all(
        names.map(async (node) => {
          await carrier.begin(node, 1, [memberOf('k0')]);
          for (let n = 1; n < 10; n += 1)
            await carrier.change(node, n + 1, { members: [memberOf(`k${n}`)], ended: [nameOf(`k${n - 1}`)] });
        }),
      );
      expect(await seen()).toEqual(Object.fromEntries(names.map((node) => [node, ['k9']])));
    });
  });
}

function memberOf(key: string, state: CarriedMember['state'] = {}): CarriedMember {
  return {
    channel: 'presence:goal:1',
    key,
    user: { id: 'u1', name: 'Ada' },
    state,
    joinedAt: '2026-01-02T03:04:05.678Z',
  };
}

function nameOf(key: string): { readonly channel: string; readonly key: string } {
  return { channel: 'presence:goal:1', key };
}

function keysOf(node: NodePresence): string[] {
  return node.members.map(({ key }) => key).sort();
}
