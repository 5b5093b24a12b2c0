/** Reading endpoints, again and again while somebody looks at them: their state changes with every delivery. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { Endpoint } from './endpoint.ts';
import { useWebhookApi } from './useWebhookApi.ts';
import { endpointKey, endpointsKey } from './webhookKeys.ts';

/** Between two readings, in milliseconds. */
export const refreshMs = 10_000;

/** All endpoints. */
export function useEndpoints(): UseQueryResult<readonly Endpoint[]> {
  const { config } = usePanelServices();
  return useQuery({
    queryKey: endpointsKey,
    queryFn: async () => (await requestJson(`${config.backendUrl}/api/webhooks`)) as readonly Endpoint[],
    refetchInterval: refreshMs,
  });
}

/** One endpoint. */
export function useEndpoint(id: string): UseQueryResult<Endpoint> {
  const { urlOf } = useWebhookApi();
  return useQuery({
    queryKey: endpointKey(id),
    queryFn: async () => (await requestJson(urlOf(id))) as Endpoint,
    refetchInterval: refreshMs,
  });
}
