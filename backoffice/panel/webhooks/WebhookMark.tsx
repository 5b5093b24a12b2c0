import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { Endpoint } from './endpoint.ts';
import { useUnreadNotices } from './useUnreadNotices.ts';
import { endpointsKey } from './webhookKeys.ts';

/** Between two readings while no screen of webhooks is open, in milliseconds. */
const refreshMs = 60_000;

/** How many endpoints are switched off, fail or cannot be called at this moment; nothing while all is well. */
export function WebhookMark() {
  const { t } = useTranslation();
  const { config } = usePanelServices();
  const { data: endpoints = [] } = useQuery({
    queryKey: endpointsKey,
    queryFn: async () => (await requestJson(`${config.backendUrl}/api/webhooks`)) as readonly Endpoint[],
    refetchInterval: refreshMs,
    staleTime: refreshMs,
  });
  const off = endpoints.filter(({ active, disabledReason }) => !active && disabledReason !== null);
  const failing = endpoints.filter(
    ({ active, failingSince, heldSince }) => active && (failingSince !== null || heldSince != null),
  );
  const count = off.length + failing.length;
  useUnreadNotices(off.map(({ id }) => id).join(' '));
  if (count === 0) return null;
  return (
    <span data-mark>
      <span className="visually-hidden">, </span>
      {t('operations.toSee', { count })}
    </span>
  );
}
