import { notifyManager, type Query, type QueryClient } from '@tanstack/react-query';
import type { Change } from '../../../../shared/change.ts';
import { isJsonObject, type JsonObject } from '../../../../shared/json.ts';
import { applyChange } from '../applyChange.ts';
import { refreshQuery } from '../refreshQuery.ts';
import { rulesOf } from './resourceFilters.ts';

/** The newest copy of a record that a query of its resource holds. */
export function findRecord(client: QueryClient, resource: string, id: string): JsonObject | null {
  const found = client
    .getQueryCache()
    .findAll({ queryKey: [resource] })
    .flatMap(({ state }) => {
      const { data } = state as { readonly data?: unknown };
      return (Array.isArray(data) ? data : [data]).filter(isJsonObject);
    })
    .filter((record) => record['id'] === id);
  return found.sort((a, b) => versionOf(b) - versionOf(a))[0] ?? null;
}

/** Puts what the server answered to a save into every query of the resource. `record` null: it is deleted. */
export function putAnswer(client: QueryClient, of: { resource: string; id: string; record: JsonObject | null }): void {
  const { resource, id, record } = of;
  const known = findRecord(client, resource, id);
  const change: Change = {
    cursor: '',
    seq: 0,
    at: '',
    resource,
    id,
    operation: record === null ? 'deleted' : 'updated',
    version: record === null ? versionOf(known) + 1 : versionOf(record),
    record,
    before: null,
    patch: [],
    actor: { id: '', name: '', kind: 'admin' },
    mutationId: null,
    notify: true,
  };
  notifyManager.batch(() => {
    for (const query of client.getQueryCache().findAll({ queryKey: [resource] })) {
      const { data, dataUpdatedAt, isInvalidated } = query.state as Query['state'] & { readonly data?: unknown };
      const applied = applyChange(data, change, rulesOf(query));
      if (applied.outcome === 'changed') {
        client.setQueryData(query.queryKey, applied.data, { updatedAt: dataUpdatedAt });
        if (isInvalidated) query.invalidate();
      }
      // Nobody looks at what is gone: loading it would be a 404.
      if (record === null && applied.outcome === 'unknown' && query.getObserversCount() === 0) {
        client.removeQueries({ queryKey: query.queryKey, exact: true });
        continue;
      }
      // A fetch that is under way may have read the rows before the save.
      if (applied.outcome === 'unknown' || query.state.fetchStatus === 'fetching') refreshQuery(client, query);
    }
  });
}

function versionOf(record: JsonObject | null): number {
  const version = record?.['version'];
  return typeof version === 'number' ? version : 0;
}
