/** Everything behind the screens, made once per page: reading, saving, following, and who is signed in. */
import { QueryCache, QueryClient } from '@tanstack/react-query';
import type { Change } from '../../../shared/change.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import type { PanelConfig } from '../start/loadPanelConfig.ts';
import { loadUntilThere } from '../feedback/lazyPart.ts';
import { createLiveFeed, type LiveFeed } from './createLiveFeed.ts';
import { createSaves, type SavingModule, type Saves } from './createSaves.ts';
import { recordKey } from './recordKey.ts';
import type { Session } from './useSession.ts';
import { createSignInRequest, type SignInRequest } from './createSignInRequest.ts';

/** The services of one panel. */
export interface PanelServices {
  readonly config: PanelConfig;
  readonly saves: Saves;
  readonly queries: QueryClient;
  readonly live: LiveFeed;
  /** Asked for when an answer says that the session has ended. */
  readonly signIn: SignInRequest;
}

/** Connects the services to each other; nothing is asked from the server yet. */
export function createPanelServices(
  config: PanelConfig,
  load: () => Promise<SavingModule> = () => loadUntilThere(() => import('./saving.ts')),
): PanelServices {
  const signIn = createSignInRequest();
  const askWhenSignedOut = (status: number | undefined) => {
    if (status === 401) signIn.ask();
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => askWhenSignedOut(statusOf(error)) }),
    defaultOptions: { queries: { retry: retryRead, refetchOnWindowFocus: false, networkMode: 'always' } },
  });
  const saves = createSaves(load, {
    backendUrl: config.backendUrl,
    onProblem: (problem) => askWhenSignedOut(problem.status),
  });
  // Every way to sign in and out ends here; also the second time of the same person, which ends a session that had expired.
  queries.getQueryCache().subscribe((event) => {
    if (event.type !== 'updated' || event.action.type !== 'success' || event.query.queryKey[0] !== 'session') return;
    const { user } = event.query.state.data as Session;
    // Asked for after a sign-out, by a request that came too late, it would stand over the screen of who signs in next.
    if (user !== null) signIn.done();
    void saves.setUser(user?.id ?? null);
  });
  let notified: Promise<unknown> = Promise.resolve();
  const live = createLiveFeed({
    backendUrl: config.backendUrl,
    onReset: () => void queries.invalidateQueries({ predicate: (query) => query.queryKey[0] !== 'workspace' }),
    onChange: (change) => keep(queries, change),
    onMessage: (message) => {
      if (message.type !== 'notification') return;
      // One after the other: code that is asked for by several at once does not come to them in their order.
      notified = notified
        .then(() => loadUntilThere(() => import('../feedback/tellNotification.ts')))
        .then(({ tellNotification }) => tellNotification(message));
    },
    onSignedOut: signIn.ask,
    load: () => loadUntilThere(() => import('../../client/createLiveChanges.ts')),
  });
  return { config, saves, queries, live, signIn };
}

/** Puts a change where the screens read; a record that is older than the one there is left out. */
function keep(queries: QueryClient, change: Change): void {
  void queries.invalidateQueries({ queryKey: ['list', change.resource] });
  const key = recordKey(change.resource, change.id);
  const { record } = change;
  if (record === null) {
    // Told without its fields (`live: 'notify'`); what is deleted would only be a 404.
    if (change.operation !== 'deleted') void queries.invalidateQueries({ queryKey: key });
    return;
  }
  queries.setQueryData<JsonObject>(key, (known) => {
    if (known === undefined || versionOf(known) >= change.version) return known;
    return record;
  });
}

function versionOf(record: JsonObject): number {
  return typeof record.version === 'number' ? record.version : 0;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof SyncRequestError ? error.problem.status : undefined;
}

/** What the server refused stays refused; only an answer that never came, or an overloaded server, is asked again. */
function retryRead(failures: number, error: unknown): boolean {
  const status = statusOf(error);
  return failures < 2 && (status === undefined || status === 0 || status >= 500);
}
