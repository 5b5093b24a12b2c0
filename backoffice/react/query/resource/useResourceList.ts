import { useQuery, type QueryClient, type QueryKey, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { JsonObject } from '../../../../shared/json.ts';
import type { RealtimeSyncService } from '../../../client/index.ts';
import { useRealtimeSyncService } from '../../RealtimeSyncServiceProvider.tsx';
import { trackFetches } from '../trackFetches.ts';
import { rememberCursor } from '../cursorOf.ts';
import { isArranged, isInList, listKey, listUrl, type ResourceFilters } from './resourceFilters.ts';
import { showPending } from './showPending.ts';
import { usePending } from './usePending.ts';

/** A resource and its address. */
export interface ResourceAddress {
  readonly resource: string;
  readonly url: string;
}

/** A list of a resource, with what is pending over it. */
export function useResourceList<Row>(of: ResourceAddress, filters: ResourceFilters): UseQueryResult<readonly Row[]> {
  const { resource, url } = of;
  const service = useRealtimeSyncService();
  const pending = usePending(resource);
  const queryKey = listKey(resource, filters);
  const text = JSON.stringify(queryKey[1] ?? {});
  const select = useCallback(
    (records: readonly JsonObject[]) => {
      const asked = JSON.parse(text) as ResourceFilters;
      const isInside = isArranged(asked) ? null : (record: JsonObject) => isInList(asked, record);
      // The rows are what the schema of the resource lets in; their type is the caller's word.
      return showPending(records, pending, isInside) as readonly Row[];
    },
    [pending, text],
  );
  return useQuery({
    queryKey,
    queryFn: ({ client }: { client: QueryClient }) =>
      loadAll({ client, service, queryKey, url: listUrl(url, filters), isWhole: filters['limit'] === undefined }),
    select,
  });
}

async function loadAll(from: {
  readonly client: QueryClient;
  readonly service: RealtimeSyncService;
  readonly queryKey: QueryKey;
  readonly url: string;
  readonly isWhole: boolean;
}): Promise<readonly JsonObject[]> {
  const { client, service, queryKey, isWhole } = from;
  trackFetches(client);
  const largestPage = `${from.url}${from.url.includes('?') ? '&' : '?'}limit=1000`;
  const first = await service.loadList(isWhole ? largestPage : from.url);
  let records = first.records;
  let next = isWhole ? first.next : null;
  while (next !== null) {
    const page = await service.loadList(next);
    records = [...records, ...page.records];
    ({ next } = page);
  }
  // Of the first page: what came while the others were read is told again.
  rememberCursor(client.getQueryCache().find({ queryKey, exact: true }), first.cursor);
  return records;
}
