import { describe, expect, it } from 'vitest';
import {
  describeProblem,
  describeSyncState,
  idleSyncState,
  type QueueEntry,
  type SyncState,
} from 'backoffice-sync/client';
import { errorCatalogue } from '../../../shared/errors.ts';

const now = Date.UTC(2026, 0, 1, 12);
const entry = (status: QueueEntry['status'], problem?: QueueEntry['problem']): QueueEntry => ({
  id: status,
  url: '/api/settings',
  method: 'PUT',
  status,
  data: {},
  sends: { data: {}, base: null, unset: [] },
  addedAt: new Date(now),
  ...(problem ? { problem } : {}),
});
const waitingTwice = [entry('waiting'), entry('waiting')];
const savedAgo = (ms: number): Partial<SyncState> => ({ lastSyncTime: new Date(now - ms) });

describe.each<[string, Partial<SyncState>, string, string]>([
  ['nothing saved yet', {}, 'Aucune modification', 'No changes'],
  ['saved this moment', savedAgo(200), 'Enregistré à l’instant', 'Saved just now'],
  ['saved 3 seconds ago', savedAgo(3000), 'Enregistré il y a 3\u00a0s', 'Saved 3\u00a0sec. ago'],
  ['saved 2 hours ago', savedAgo(7_200_000), 'Enregistré il y a 2\u00a0h', 'Saved 2\u00a0hr. ago'],
  ['saving', { syncing: true, entries: [entry('sending')] }, 'Enregistrement…', 'Saving…'],
  ['typed', { entries: [entry('waiting')] }, 'Modifications non enregistrées', 'Unsaved changes'],
  [
    'offline',
    { online: false, queueLength: 2, entries: waitingTwice },
    'Hors ligne, 2\u00a0modifications en attente',
    'Offline, 2 changes waiting',
  ],
  [
    'conflict before failure',
    { entries: [entry('failed'), entry('conflict')] },
    'Conflit à régler',
    'Conflict to settle',
  ],
  ['failed', { entries: [entry('failed')] }, 'Échec, réessayer', 'Failed, try again'],
])('the words for %s', (_, state, french, english) => {
  it('are complete in both languages', () => {
    expect(describeSyncState({ ...idleSyncState, ...state }, 'fr', now).text).toBe(french);
    expect(describeSyncState({ ...idleSyncState, ...state }, 'en', now).text).toBe(english);
  });
});

it('an ended session is named before other failures', () => {
  const problem = { code: 'LOGIN_REQUIRED', title: 'Sign in first', status: 401 };
  expect(describeSyncState({ ...idleSyncState, entries: [entry('failed', problem)] }, 'fr', now).text).toBe(
    'Reconnectez-vous pour enregistrer',
  );
});

it('every problem has a sentence in both languages, also one that nobody knows', () => {
  for (const [code, { status, title }] of Object.entries({
    ...errorCatalogue,
    UNHEARD_OF: { status: 418, title: '' },
  })) {
    const french = describeProblem({ code, title, status }, 'fr');
    expect(french).toMatch(/\.$/);
    expect(describeProblem({ code, title, status }, 'en')).not.toBe(french);
  }
});
