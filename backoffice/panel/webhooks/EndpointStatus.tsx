import { useTranslation } from 'react-i18next';
import { Notice } from '../feedback/Notice.tsx';
import { useExactTimes } from '../language/useExactTimes.ts';
import { isHeld, type Endpoint } from './endpoint.ts';
import { ServerWords } from './ServerWords.tsx';
import { useEndpointState } from './useEndpointState.ts';

/** How an endpoint is doing, above everything else on its screen. */
export function EndpointStatus({ endpoint }: { readonly endpoint: Endpoint }) {
  const { t } = useTranslation();
  const { exact } = useExactTimes();
  const { tone, title, lead, facts } = useEndpointState()(endpoint);
  const { disabledReason, failingSince, lastDelivery, rotation } = endpoint;
  const isWrong = failingSince !== null || isHeld(endpoint);
  const words = disabledReason ?? (isWrong ? (lastDelivery?.error ?? null) : null);
  return (
    <>
      <Notice tone={tone} title={title}>
        {lead !== null && <p>{lead}</p>}
        {facts.map((fact) => (
          <p key={fact}>{fact}</p>
        ))}
        <ServerWords words={words} />
      </Notice>
      {rotation !== null && (
        <Notice tone="waiting">{t('webhooks.rotate.both', { at: exact(rotation.previousValidUntil) })}</Notice>
      )}
    </>
  );
}
