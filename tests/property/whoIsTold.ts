import type { User } from '../../backend/auth/permissions.ts';

/** Somebody who listens: nobody in particular, or a user. */
export interface Listener {
  readonly name: string;
  readonly user: User | null;
}

const person = (id: string, role: User['role'], org: string): Listener => ({
  name: id,
  user: { id, name: `Name-of-${id}`, role, kind: 'admin', org },
});

/** Everybody who listens in these laws. */
export const listeners: readonly Listener[] = [
  { name: 'visitor', user: null },
  person('viewer1', 'viewer', 'o1'),
  person('editor1', 'editor', 'o1'),
  person('editor2', 'editor', 'o2'),
  person('boss', 'admin', 'o1'),
];

/** How an installation is set up. */
export interface Setup {
  readonly public: 'all' | 'none' | readonly string[];
  readonly drafts: boolean;
  /** Users see the records of their organization only. */
  readonly isScoped: boolean;
  /** Viewers see records up to this level only; null: no rule of one's own. */
  readonly viewerLevel: number | null;
}

/** A record as the laws keep it. */
export interface KeptRecord {
  readonly org: string;
  readonly level: number;
  readonly [field: string]: string | number;
}

/** The integrator's rule under a setup. */
export function mayRead(setup: Setup, user: User, record: { readonly level?: unknown } | null): boolean {
  if (setup.viewerLevel === null || user.role !== 'viewer' || record === null) return true;
  return Number(record.level) <= setup.viewerLevel;
}

/** What may be known by whom, worked out without the product: each text that was ever written, and who may read it. */
export function createOracle(setup: Setup) {
  const allowed = new Map<string, Set<string>>();
  const allow = (name: string, marker: string | number | undefined): void => {
    if (typeof marker === 'string') allowed.set(name, (allowed.get(name) ?? new Set()).add(marker));
  };
  const secret = 'password';

  function mayReadRecord({ user }: Listener, record: KeptRecord): boolean {
    if (user === null) return setup.public !== 'none';
    if (setup.isScoped && user['org'] !== record.org) return false;
    return mayRead(setup, user, record);
  }
  const showsField = ({ user }: Listener, field: string): boolean =>
    field !== secret && (user !== null || setup.public === 'all' || field === 'id' || setup.public.includes(field));

  function showTo(listener: Listener, record: KeptRecord | null): void {
    if (record === null || !mayReadRecord(listener, record)) return;
    for (const [field, value] of Object.entries(record)) if (showsField(listener, field)) allow(listener.name, value);
  }
  return {
    /** A record is now this, and the public follows that. */
    becomes(record: KeptRecord | null, published: KeptRecord | null): void {
      for (const listener of listeners) showTo(listener, listener.user === null ? published : record);
    },
    /** A message or a member with this marker is for these. */
    told(marker: string, isFor: (user: User) => boolean): void {
      for (const { name, user } of listeners) if (user !== null && isFor(user)) allow(name, marker);
    },
    mayReadRecord,
    showsField,
    mayKnow: (name: string, marker: string): boolean => allowed.get(name)?.has(marker) ?? false,
    knows: (name: string): ReadonlySet<string> => allowed.get(name) ?? new Set(),
  };
}
