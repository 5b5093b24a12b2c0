import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { JsonObject } from '../../../../shared/json.ts';
import { useRealtimeSyncService } from '../../RealtimeSyncServiceProvider.tsx';
import { showPendingRecord } from './showPending.ts';
import { usePending } from './usePending.ts';
import type { ResourceAddress } from './useResourceList.ts';

/** One record of a resource, with what is pending over it; null waits for an id. */
export function useResourceRecord<Row>(of: ResourceAddress, id: string | null | undefined): UseQueryResult<Row> {
  const { resource, url } = of;
  const service = useRealtimeSyncService();
  const pending = usePending(resource);
  const select = useCallback((record: JsonObject) => showPendingRecord(record, pending) as Row, [pending]);
  return useQuery({
    queryKey: [resource, id],
    queryFn: async () => (await service.load(`${url}/${encodeURIComponent(id ?? '')}`)).record,
    enabled: id !== null && id !== undefined,
    select,
  });
}
