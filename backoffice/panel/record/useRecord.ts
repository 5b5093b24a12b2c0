import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ResourceDescription } from '../../../shared/resource.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { recordKey } from '../data/recordKey.ts';
import { readRecord } from '../data/readRecords.ts';
import { recordUrl } from '../data/recordUrl.ts';
import { usePanelServices } from '../data/usePanelServices.ts';

/** Reads one record; live changes keep it fresh afterwards. */
export function useRecord(resource: ResourceDescription, id: string): UseQueryResult<JsonObject> {
  const { config } = usePanelServices();
  return useQuery({
    queryKey: recordKey(resource.name, id),
    queryFn: () => readRecord(config.backendUrl + recordUrl(resource, id)),
  });
}
