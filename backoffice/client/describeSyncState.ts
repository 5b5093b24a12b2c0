import type { SyncState } from './syncState.ts';

/** The languages of every screen. */
export type Locale = 'en' | 'fr';

/** The save state in one word for colours, and in a sentence for people. */
export interface SyncStateWords {
  readonly kind: 'idle' | 'saved' | 'unsaved' | 'saving' | 'retrying' | 'offline' | 'conflict' | 'failed';
  readonly text: string;
}

/**
 * Says the save state in words; what needs a person comes first.
 *
 * Units   `now` milliseconds since 1970
 */
export function describeSyncState(state: SyncState, locale: Locale, now: number): SyncStateWords {
  const words = sentences[locale];
  const count = (status: string) => state.entries.filter((entry) => entry.status === status).length;
  const [conflicts, failed, waiting] = [count('conflict'), count('failed'), count('waiting')];
  if (conflicts > 0) return { kind: 'conflict', text: words.conflict(conflicts) };
  // Saves that are kept in an outbox wait for it; others have failed.
  if (state.entries.some((entry) => entry.problem?.code === 'LOGIN_REQUIRED')) {
    return { kind: 'failed', text: words.signedOut };
  }
  if (failed > 0) return { kind: 'failed', text: words.failed(failed) };
  if (!state.online) return { kind: 'offline', text: words.offline(state.queueLength) };
  if (state.entries.some((entry) => entry.problem !== undefined)) return { kind: 'retrying', text: words.retrying };
  if (state.syncing) return { kind: 'saving', text: words.saving };
  if (waiting > 0) return { kind: 'unsaved', text: words.unsaved };
  if (state.lastSyncTime === null) return { kind: 'idle', text: words.idle };
  return { kind: 'saved', text: words.saved(ago(state.lastSyncTime.getTime(), locale, now)) };
}

interface Sentences {
  readonly idle: string;
  readonly unsaved: string;
  readonly saving: string;
  readonly retrying: string;
  readonly signedOut: string;
  /** `when` is null for "just now". */
  saved(when: string | null): string;
  offline(waiting: number): string;
  conflict(count: number): string;
  failed(count: number): string;
}

const sentences: Readonly<Record<Locale, Sentences>> = {
  en: {
    idle: 'No changes',
    unsaved: 'Unsaved changes',
    saving: 'Saving…',
    retrying: 'The server does not answer, trying again…',
    signedOut: 'Sign in again to save',
    saved: (when) => (when === null ? 'Saved just now' : `Saved ${when}`),
    offline: (waiting) =>
      waiting === 0 ? 'Offline' : waiting === 1 ? 'Offline, 1 change waiting' : `Offline, ${waiting} changes waiting`,
    conflict: (count) => (count === 1 ? 'Conflict to settle' : `${count} conflicts to settle`),
    failed: (count) => (count === 1 ? 'Failed, try again' : `${count} saves failed, try again`),
  },
  fr: {
    idle: 'Aucune modification',
    unsaved: 'Modifications non enregistrées',
    saving: 'Enregistrement…',
    retrying: 'Le serveur ne répond pas, nouvel essai…',
    signedOut: 'Reconnectez-vous pour enregistrer',
    saved: (when) => (when === null ? 'Enregistré à l’instant' : `Enregistré ${when}`),
    offline: (waiting) =>
      waiting === 0
        ? 'Hors ligne'
        : waiting === 1
          ? 'Hors ligne, 1\u00a0modification en attente'
          : `Hors ligne, ${waiting}\u00a0modifications en attente`,
    conflict: (count) => (count === 1 ? 'Conflit à régler' : `${count}\u00a0conflits à régler`),
    failed: (count) => (count === 1 ? 'Échec, réessayer' : `${count}\u00a0échecs, réessayer`),
  },
};

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

function ago(thenMs: number, locale: Locale, nowMs: number): string | null {
  const seconds = Math.floor((nowMs - thenMs) / 1000);
  const step = steps.find(([, length]) => seconds >= length);
  if (!step) return null;
  const [unit, length] = step;
  const text = new Intl.RelativeTimeFormat(locale, { style: 'short' }).format(-Math.floor(seconds / length), unit);
  // A number and its unit stay on one line; not every browser's data says so.
  return text.replace(/(\d) /g, '$1\u00a0');
}
