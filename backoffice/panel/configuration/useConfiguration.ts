import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';

/** Often enough for "now" to be true, seldom enough to use little of what a user may ask. */
const refreshMs = 10_000;

/** Reads the configuration, again and again while it is looked at. */
export function useConfiguration(): UseQueryResult<readonly ResourceDescription[]> {
  const { config } = usePanelServices();
  return useQuery({
    queryKey: ['configuration'],
    queryFn: async () => {
      const answer = await requestJson(`${config.backendUrl}/api/sync/configuration`);
      return (answer as { readonly resources: readonly ResourceDescription[] }).resources;
    },
    refetchInterval: refreshMs,
  });
}
