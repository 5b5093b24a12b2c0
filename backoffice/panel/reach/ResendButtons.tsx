/** Tells endpoints again what a save was about, without leaving the record. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EndpointReach } from '../../../shared/protocol/reach.ts';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { Button } from '../controls/Button.tsx';
import { requestJson } from '../data/requestJson.ts';
import { usePanelServices } from '../data/usePanelServices.ts';

/** Beyond these the way to the webhooks is shorter than a bar that covers the form. */
const maxButtons = 3;

/** One button for each, of the first few. */
export function ResendButtons({
  endpoints,
  since,
  onResent,
}: {
  readonly endpoints: readonly EndpointReach[];
  /** The time of the save, ISO 8601: what changed from then on is told again. */
  readonly since: string;
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
    const url = `${config.backendUrl}/api/webhooks/${encodeURIComponent(id)}/replay`;
    try {
      await requestJson(url, { method: 'POST', body: JSON.stringify({ since }) });
      onResent(id);
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
