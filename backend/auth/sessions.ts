import { createHash, randomBytes } from 'node:crypto';
import type { StateStore } from '../stores/store.ts';

/** A signed-in browser. */
export interface Session {
  readonly userId: string;
  /** Which password it was opened with; the account says which one counts now. */
  readonly passwordMark: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How long a session lives without use. */
const lifetimeMs = 12 * 60 * 60 * 1000;
/** A session in use is prolonged at most this often: each time is a durable write. */
const renewalMs = 30 * 60 * 1000;

/**
 * Sessions in the store's state, so that they survive a restart and every node knows them.
 *
 * Only the SHA-256 of a token is kept: who reads the folder cannot sign in with what is there.
 */
export function createSessions(state: StateStore, now: () => number = Date.now) {
  const bucket = 'sessions';
  return {
    /** Opens a session and returns the token for the cookie. */
    async open(userId: string, passwordMark: string): Promise<{ token: string; expiresAt: number }> {
      const token = randomBytes(32).toString('base64url');
      const expiresAt = now() + lifetimeMs;
      await state.put(bucket, digest(token), { userId, passwordMark, expiresAt }, { expiresAt });
      return { token, expiresAt };
    },
    /** The session of a token, prolonged when it is in use; `renewed` asks for a fresh cookie. Null when it ended. */
    async find(token: string): Promise<(Session & { readonly renewed: boolean }) | null> {
      const item = await state.get(bucket, digest(token));
      const session = readSession(item?.value);
      if (session === null || session.expiresAt <= now()) return null;
      if (session.expiresAt - now() > lifetimeMs - renewalMs) return { ...session, renewed: false };
      const prolonged = { ...session, expiresAt: now() + lifetimeMs };
      await state.put(bucket, digest(token), prolonged, { expiresAt: prolonged.expiresAt });
      return { ...prolonged, renewed: true };
    },
    async end(token: string): Promise<void> {
      await state.delete(bucket, digest(token));
    },
    /** What names the session of a token to every node; nobody signs in with it. */
    nameOf: digest,
  };
}

/** The sessions of an installation. */
export type Sessions = ReturnType<typeof createSessions>;

function readSession(value: unknown): Session | null {
  const { userId, passwordMark, expiresAt } = (value ?? {}) as { readonly [name in keyof Session]?: unknown };
  if (typeof userId !== 'string' || typeof passwordMark !== 'string' || typeof expiresAt !== 'number') return null;
  return { userId, passwordMark, expiresAt };
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
