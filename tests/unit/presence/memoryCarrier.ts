import type { CarriedMember, EndedMembership, PresenceCarrier } from '../../../backend/stores/presenceCarrier.ts';

interface Row {
  readonly revision: number;
  readonly changedAt: number;
  readonly member: CarriedMember | null;
  readonly name: EndedMembership;
}

interface NodeRows {
  revision: number;
  floor: number;
  expiresAt: number;
  readonly rows: Map<string, Row>;
}

/** A carrier in memory for nodes of one process; it passes the contract suite. */
export interface MemoryCarrier extends PresenceCarrier {
  /** What was asked of it, in order. */
  readonly calls: ('begin' | 'change' | 'read' | 'leave')[];
  /** The memberships of each write, by how many were told. */
  readonly written: number[];
  /** While set, everything rejects with it. */
  failure: Error | null;
  /** The same place with leases of another length. */
  withLease(leaseMs: number): MemoryCarrier;
  /** Forgets everything, as a database does with an unlogged table after a crash. */
  empty(): void;
}

/** Makes one; `now` in milliseconds is the clock of its leases. */
export function memoryCarrier({
  now = Date.now,
  leaseMs = 10_000,
  nodes = new Map<string, NodeRows>(),
} = {}): MemoryCarrier {
  const calls: MemoryCarrier['calls'] = [];
  const written: number[] = [];

  function store(node: string, revision: number, members: readonly CarriedMember[], ended: readonly EndedMembership[]) {
    const own = nodes.get(node);
    if (own === undefined) return null;
    const changedAt = now();
    Object.assign(own, { revision, expiresAt: changedAt + leaseMs });
    for (const { channel, key, user, state, joinedAt } of members) {
      const member = structuredClone({ channel, key, user, state, joinedAt });
      own.rows.set(`${channel} ${key}`, { revision, changedAt, member, name: { channel, key } });
    }
    for (const { channel, key } of ended)
      own.rows.set(`${channel} ${key}`, { revision, changedAt, member: null, name: { channel, key } });
    // What ended is kept for ten writes.
    own.floor = Math.max(own.floor, revision - 10);
    for (const [name, row] of own.rows) if (row.member === null && row.revision <= own.floor) own.rows.delete(name);
    written.push(members.length + ended.length);
    return changedAt;
  }

  const carrier: MemoryCarrier = {
    leaseMs,
    calls,
    written,
    failure: null,
    withLease: (length) => memoryCarrier({ now, leaseMs: length, nodes }),
    empty: () => nodes.clear(),
    async begin(node, revision, members) {
      called('begin');
      nodes.set(node, { revision, floor: revision, expiresAt: now() + leaseMs, rows: new Map() });
      return store(node, revision, members, []) ?? 0;
    },
    async change(node, revision, { members, ended }) {
      called('change');
      return store(node, revision, members, ended);
    },
    async read(node, known) {
      called('read');
      return [...nodes]
        .filter(([name, { expiresAt }]) => name !== node && expiresAt > now())
        .map(([name, { revision, floor, rows }]) => {
          const from = known.get(name);
          const isWhole = from === undefined || from < floor;
          const found = [...rows.values()].filter((row) => isWhole || row.revision > from);
          return {
            node: name,
            revision,
            isWhole,
            members: found.flatMap(({ member, changedAt }) =>
              member ? [{ ...structuredClone(member), changedAt }] : [],
            ),
            ended: isWhole ? [] : found.flatMap((row) => (row.member ? [] : [row.name])),
          };
        });
    },
    async leave(node) {
      called('leave');
      nodes.delete(node);
    },
  };

  function called(verb: MemoryCarrier['calls'][number]): void {
    calls.push(verb);
    if (carrier.failure !== null) throw carrier.failure;
  }
  return carrier;
}
