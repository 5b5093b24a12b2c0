/** The API of webhooks, as the screens use it. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { Delivery } from './delivery.ts';
import type { Endpoint, EndpointSettings, EndpointWithSecret } from './endpoint.ts';
import { endpointKey, endpointsKey } from './webhookKeys.ts';

/** What can be asked of the server. Errors  every call rejects with SyncRequestError */
export interface WebhookApi {
  /** Where an endpoint is in the API. */
  readonly urlOf: (id: string) => string;
  readonly create: (settings: EndpointSettings) => Promise<EndpointWithSecret>;
  readonly change: (id: string, changes: Partial<EndpointSettings & { readonly active: boolean }>) => Promise<Endpoint>;
  readonly remove: (id: string) => Promise<void>;
  /** For when no screen shows a removed endpoint any more: before, it would be read again at once. */
  readonly forget: (id: string) => void;
  readonly test: (id: string) => Promise<Delivery>;
  readonly rotate: (id: string) => Promise<EndpointWithSecret>;
  /** `since` is ISO 8601; answers how many records are told again. */
  /** How many records; null when it is too long ago, and the receiver is told to load everything instead. */
  readonly replay: (id: string, since: string) => Promise<number | null>;
  readonly resend: (id: string, delivery: string) => Promise<Delivery>;
}

interface Replay {
  readonly records: number;
  readonly reset?: string;
}

/** The API of the panel's server; what an answer says is shown at once, and what it changes is read again. */
export function useWebhookApi(): WebhookApi {
  const { config } = usePanelServices();
  const queries = useQueryClient();
  return useMemo(() => {
    const all = `${config.backendUrl}/api/webhooks`;
    const urlOf = (id: string) => `${all}/${encodeURIComponent(id)}`;
    const post = (url: string, body?: object) =>
      requestJson(url, { method: 'POST', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    /** The secret stays where it is shown, and is kept in no cache. */
    const keep = <T extends Endpoint>(endpoint: T): T => {
      const { secret: _, ...shown } = endpoint as T & { readonly secret?: string };
      queries.setQueryData<Endpoint>(endpointKey(endpoint.id), shown);
      void queries.invalidateQueries({ queryKey: endpointsKey, exact: true });
      return endpoint;
    };
    const readAgain = async <T>(asked: Promise<T>): Promise<T> => {
      // Also after a failure: the attempt may have been made.
      return asked.finally(() => void queries.invalidateQueries({ queryKey: endpointsKey }));
    };
    return {
      urlOf,
      create: async (settings) => keep((await post(all, settings)) as EndpointWithSecret),
      change: async (id, changes) =>
        keep((await requestJson(urlOf(id), { method: 'PATCH', body: JSON.stringify(changes) })) as Endpoint),
      remove: async (id) => {
        await requestJson(urlOf(id), { method: 'DELETE' });
        void queries.invalidateQueries({ queryKey: endpointsKey, exact: true });
      },
      forget: (id) => queries.removeQueries({ queryKey: endpointKey(id) }),
      test: (id) => readAgain(post(`${urlOf(id)}/test`) as Promise<Delivery>),
      rotate: async (id) => keep((await post(`${urlOf(id)}/rotate`)) as EndpointWithSecret),
      replay: async (id, since) => {
        const answer = (await readAgain(post(`${urlOf(id)}/replay`, { since }))) as Replay;
        return answer.reset === undefined ? answer.records : null;
      },
      resend: (id, delivery) =>
        readAgain(post(`${urlOf(id)}/deliveries/${encodeURIComponent(delivery)}/resend`) as Promise<Delivery>),
    };
  }, [config, queries]);
}
