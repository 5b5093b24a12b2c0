import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineInternalResource } from '../records/defineResource.ts';
import { SyncError } from '../../shared/problem.ts';
import type { Saver } from '../records/save.ts';
import type { Store } from '../stores/store.ts';
import type { FirstAccount } from './firstAccounts.ts';
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

  async function write(id: string, intent: 'create' | 'update', account: Omit<FirstAccount, 'username'>) {
    const fields = { username: id, role: account.role, passwordHash: await hashPassword(account.password) };
    await saver.save({
      resource: accountsResource,
      id,
      intent,
      body: { kind: 'fields', fields, unset: [] },
      base: { kind: 'overrule' },
      needsBase: false,
      actor: server,
    });
  }

  /** False when another node that starts at the same moment was faster. */
  async function createOnce({ username, ...account }: FirstAccount): Promise<boolean> {
    try {
      await write(username, 'create', account);
      return true;
    } catch (error) {
      if (error instanceof SyncError && error.code === 'ALREADY_EXISTS') return false;
      throw error;
    }
  }

  return {
    /** The user, and the mark of the password for the session; null when the name or the password is wrong, and both take the same time. */
    async verify(username: string, password: string): Promise<{ user: User; passwordMark: string } | null> {
      const account = await find(username);
      const isRight = await verifyPassword(password, hashOf(account?.record));
      if (!account || !isRight) return null;
      return { user: toUser(account.id, account.record), passwordMark: passwordMarkOf(account.record) };
    },
    /** The user of a session; null when the account is gone or has another password now, which ends its sessions. */
    async get(id: string, passwordMark: string): Promise<User | null> {
      const account = await store.load(accountsResource.name, id);
      if (!account?.record || passwordMarkOf(account.record) !== passwordMark) return null;
      return toUser(id, account.record);
    },
    /** The ids of those who may do everything. */
    async adminIds(): Promise<readonly string[]> {
      const accounts = await store.list(accountsResource.name);
      return accounts.filter(({ record }) => record?.['role'] === 'admin').map(({ id }) => id);
    },
    /**
     * Makes sure that the user `admin` exists; with `password` given, that it is the password. Another one ends all sessions of before.
     *
     * Shape   returns the password that was made up, null when none was
     */
    async ensureAdmin(password: string | undefined): Promise<string | null> {
      const admin = await find('admin');
      if (admin && (password === undefined || (await verifyPassword(password, hashOf(admin.record))))) return null;
      const chosen = password ?? makePassword();
      if (admin) await write('admin', 'update', { password: chosen, role: 'admin' });
      else if (!(await createOnce({ username: 'admin', password: chosen, role: 'admin' })))
        return this.ensureAdmin(password);
      return password === undefined ? chosen : null;
    },
    /** Makes accounts in a store that has none of them yet. Before `ensureAdmin`: where `admin` is, the first start is over. */
    async ensureFirst(accounts: readonly FirstAccount[]): Promise<void> {
      if (accounts.length === 0 || (await store.load(accountsResource.name, 'admin'))) return;
      for (const account of accounts)
        if (!(await store.load(accountsResource.name, account.username))) await createOnce(account);
    },
  };
}

/** The accounts of an installation. */
export type Accounts = ReturnType<typeof createAccounts>;

/** Of the sealed text, which has a nonce of its own: setting a password once more is another mark, and nothing has to be opened. */
function passwordMarkOf(record: { readonly [name: string]: unknown } | null): string {
  return createHash('sha256').update(String(record?.['passwordHash'])).digest('base64url').slice(0, 16);
}

function toUser(id: string, record: { readonly [name: string]: unknown } | null): User {
  const role = record?.['role'];
  return {
    id,
    name: String(record?.['username'] ?? id),
    role: role === 'admin' || role === 'editor' ? role : 'viewer',
    kind: 'admin',
  };
}
