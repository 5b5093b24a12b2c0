/** Tells endpoints again what a save was about, without leaving the record. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EndpointReach, Reach } from '../../../shared/protocol/reach.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { Button } from '../controls/Button.tsx';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { Delivery } from '../webhooks/delivery.ts';

/** Beyond these the way to the webhooks is shorter than a bar that covers the form. */
const maxButtons = 3;

/** One button for each, of the first few. */
export function ResendButtons({
  endpoints,
  record,
  onResent,
}: {
  readonly endpoints: readonly EndpointReach[];
  /** What is sent, as it is now: nothing else that changed since. */
  readonly record: Pick<Reach, 'resource' | 'id'>;
  readonly onResent: (endpoint: string) => void;
}) {
  const { t } = useTranslation();
  const { config } = usePanelServices();
  const [isAsking, setAsking] = useState(false);
  const [isRefused, setRefused] = useState(false);
  const resend = async (id: string) => {
    if (isAsking) return;
    setAsking(true);
    setRefused(false);
    const url = `${config.backendUrl}/api/webhooks/${encodeURIComponent(id)}/resend`;
    const { resource, id: recordId } = record;
    try {
      const body = JSON.stringify({ resource, id: recordId });
      const { outcome } = (await requestJson(url, { method: 'POST', body })) as Pick<Delivery, 'outcome'>;
      if (outcome === 'delivered') onResent(id);
      else setRefused(true);
    } catch (error) {
      if (!(error instanceof SyncRequestError)) throw error;
      setRefused(true);
    } finally {
      setAsking(false);
    }
  };
  return (
    <>
      {endpoints.slice(0, maxButtons).map(({ id, description, server }) => (
        <Button key={id} look="default" small aria-disabled={isAsking} onClick={() => void resend(id)}>
          {t('reach.resend', { name: description || new URL(server).host })}
        </Button>
      ))}
      {isRefused && <span role="alert">{t('reach.resendRefused')}</span>}
    </>
  );
}
