import { z } from 'zod';
import { defineInternalResource } from '../records/defineResource.ts';
import type { Saver } from '../records/save.ts';
import type { Store } from '../stores/store.ts';
import { hashPassword, makePassword, verifyPassword } from './password.ts';
import type { User } from './permissions.ts';
import type { Sealer } from './sealer.ts';

/** The people who sign in, as records of a resource that no route and no stream shows. */
export const accountsResource = defineInternalResource({
  name: 'accounts',
  schema: z.object({
    username: z.string().min(1).max(100),
    role: z.enum(['viewer', 'editor', 'admin']),
    passwordHash: z.string(),
  }),
  secret: ['passwordHash'],
});

const server = { id: 'server', name: 'server', kind: 'server' } as const;

/** Signing in with a user name and a password. */
export function createAccounts({ store, saver, sealer }: { store: Store; saver: Saver; sealer: Sealer }) {
  async function find(username: string) {
    const wanted = username.trim().toLowerCase();
    const accounts = await store.list(accountsResource.name);
    return accounts.find((account) => String(account.record?.['username']).toLowerCase() === wanted) ?? null;
  }

  function hashOf(record: { readonly [name: string]: unknown } | null | undefined): string | null {
    const sealed = record?.['passwordHash'];
    return sealer.isSealed(sealed) ? sealer.open(sealed) : null;
  }

  return {
    /** The user, or null when the name or the password is wrong; both take the same time. */
    async verify(username: string, password: string): Promise<User | null> {
      const account = await find(username);
      const isRight = await verifyPassword(password, hashOf(account?.record));
      return account && isRight ? toUser(account.id, account.record) : null;
    },
    /** The account by id; null when it is gone, which ends its sessions. */
    async get(id: string): Promise<User | null> {
      const account = await store.load(accountsResource.name, id);
      return account?.record ? toUser(id, account.record) : null;
    },
    /**
     * Makes sure that the user `admin` exists; with `password` given, that it is the password.
     *
     * Shape   returns the password that was made up, null when none was
     */
    async ensureAdmin(password: string | undefined): Promise<string | null> {
      const admin = await find('admin');
      if (admin && (password === undefined || (await verifyPassword(password, hashOf(admin.record))))) return null;
      const chosen = password ?? makePassword();
      const fields = { username: 'admin', role: 'admin', passwordHash: await hashPassword(chosen) };
      await saver.save({
        resource: accountsResource,
        id: 'admin',
        intent: admin ? 'update' : 'create',
        body: { kind: 'fields', fields, unset: [] },
        base: { kind: 'overrule' },
        needsBase: false,
        actor: server,
      });
      return password === undefined ? chosen : null;
    },
  };
}

/** The accounts of an installation. */
export type Accounts = ReturnType<typeof createAccounts>;

function toUser(id: string, record: { readonly [name: string]: unknown } | null): User {
  const role = record?.['role'];
  return {
    id,
    name: String(record?.['username'] ?? id),
    role: role === 'admin' || role === 'editor' ? role : 'viewer',
    kind: 'admin',
  };
}
