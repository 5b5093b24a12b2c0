import { useContractStore, type ContractRunner, type ContractSubject } from './contractRunner.ts';

/** The tests that the leases of a store have to pass; a store of one process has none and passes them. */
export function leaseContract(runner: ContractRunner, subject: ContractSubject): void {
  const { describe, it, expect } = runner;

  describe(`the lease contract of ${subject.name}`, () => {
    const current = useContractStore(runner, subject);
    const round = async (node: string, leaseMs = 60_000) =>
      current().store.leases?.share({ work: 'calls', node, parts: 8, leaseMs });

    it('one node holds everything, and a second one gets its half when it is released', async () => {
      const { leases } = current().store;
      if (leases === undefined) return;
      expect(await round('a')).toEqual({ held: [0, 1, 2, 3, 4, 5, 6, 7], share: 8 });
      expect(await round('b')).toEqual({ held: [], share: 4 });
      expect((await round('a'))?.share).toBe(4);
      await leases.release('calls', 'a', [4, 5, 6, 7]);
      expect(await round('b')).toEqual({ held: [4, 5, 6, 7], share: 4 });
      expect((await round('a'))?.held).toEqual([0, 1, 2, 3]);
    });

    it('no part is held by two, whoever asks at once', async () => {
      if (current().store.leases === undefined) return;
      const rounds = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((node) => round(node)));
      const held = rounds.flatMap((one) => one?.held ?? []);
      expect(new Set(held).size).toBe(held.length);
    });

    it('what was not renewed is free after its time, and its node no longer counts', async () => {
      if (current().store.leases === undefined) return;
      await round('dead', 1);
      const deadline = Date.now() + 10_000;
      let last = await round('b');
      while (last?.held.length !== 8 && Date.now() < deadline) last = await round('b');
      expect(last).toEqual({ held: [0, 1, 2, 3, 4, 5, 6, 7], share: 8 });
      expect((await round('dead'))?.held).toEqual([]);
    });

    it('a node that leaves gives everything back at once', async () => {
      const { leases } = current().store;
      if (leases === undefined) return;
      await round('a');
      await leases.release('calls', 'a', 'all');
      expect(await round('b')).toEqual({ held: [0, 1, 2, 3, 4, 5, 6, 7], share: 8 });
    });
  });
}
