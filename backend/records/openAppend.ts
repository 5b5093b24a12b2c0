import { SyncError } from '../../shared/problem.ts';
import type { Store } from '../stores/store.ts';
import { append, type AppendOptions, type AppendRequest } from './append.ts';
import type { Resource } from './defineResource.ts';
import type { Saver } from './save.ts';
import { stageChange } from './stageChange.ts';
import { tellStaged } from './tellStaged.ts';

/** The way in for what happened in the integrator's own data. */
export interface Appending {
  append(change: AppendRequest, options?: AppendOptions): Promise<void>;
  /** Resolves when nothing of what other transactions left is on its way. */
  idle(): Promise<void>;
}

/**
 * Opens the way in for other data: what is appended at once, and what other transactions leave.
 *
 * Errors  OPTION_INVALID for a captured resource on a store that has no transactions of others; NOT_FOUND for an unknown resource
 */
export function openAppend(parts: {
  readonly store: Store;
  readonly saver: Saver;
  readonly resources: ReadonlyMap<string, Resource>;
  readonly closing: AbortSignal;
  readonly onError: (error: unknown) => void;
}): Appending {
  const { store, saver, resources } = parts;
  const captured = [...resources.values()].find((resource) => resource.captured !== null);
  if (captured !== undefined && store.staging === undefined)
    throw new SyncError(
      'OPTION_INVALID',
      `"${captured.name}" is declared with captured: true, which needs the PostgreSQL that the table is in: use postgresStore({ pool }) with a pool of at least three connections. The store is ${store.name}.`,
    );
  const teller = tellStaged(parts);
  return {
    async append(change, { client } = {}) {
      const resource = resources.get(change.resource);
      if (!resource)
        throw new SyncError('NOT_FOUND', `There is no resource "${change.resource}". Declare it in createSync.`);
      if (client === undefined) await append(store, saver, resource, change);
      else await stageChange(store, client, resource, change);
    },
    idle: () => teller.idle(),
  };
}
