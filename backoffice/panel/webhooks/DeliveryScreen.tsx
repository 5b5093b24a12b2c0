/** One delivery: how it ended, what to do about it, what was sent and what came back. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { Button } from '../controls/Button.tsx';
import { useWorkspace } from '../data/useWorkspace.ts';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useFormats } from '../language/useFormats.ts';
import type { Delivery } from './delivery.ts';
import { DeliveryContent } from './DeliveryContent.tsx';
import { endpointName } from './endpoint.ts';
import { LoadFault } from './LoadFault.tsx';
import { OutcomeNotice } from './OutcomeNotice.tsx';
import { ProblemNotice } from './ProblemNotice.tsx';
import { useAction } from './useAction.ts';
import { useDelivery } from './useDeliveries.ts';
import { useDeliveryWords } from './useDeliveryWords.ts';
import { useEndpoint } from './useEndpoints.ts';
import { useWebhookApi } from './useWebhookApi.ts';
import { WebhookHeader } from './WebhookHeader.tsx';
import styles from './webhooks.module.css';

/** Draws it, and sends it again. */
export function DeliveryScreen({ id, delivery: deliveryId }: { readonly id: string; readonly delivery: string }) {
  const { t } = useTranslation();
  const { exact } = useExactTimes();
  const { resend } = useWebhookApi();
  const { data: endpoint } = useEndpoint(id);
  const { data: delivery, error, refetch } = useDelivery(id, deliveryId);
  const { run, running, problem } = useAction();
  const [again, setAgain] = useState<Delivery | null>(null);
  if (delivery === undefined)
    return error === null ? <LateSkeleton shape="form" /> : <LoadFault error={error} onRetry={() => void refetch()} />;
  const onResend = () => {
    setAgain(null);
    void run('resend', async () => resend(id, deliveryId)).then((answer) => setAgain(answer ?? null));
  };
  const isTest = delivery.kind === 'test';
  const resendLabel = t(isTest ? 'webhooks.delivery.resendTest' : 'webhooks.delivery.resend');
  const parent = { id, name: endpoint === undefined ? t('webhooks.title') : endpointName(endpoint) };
  return (
    <>
      <WebhookHeader title={t('webhooks.delivery.title', { at: exact(delivery.at) })} endpoint={parent} />
      <div className={styles.stack}>
        <OutcomeNotice delivery={delivery} />
        <div className={styles.resend}>
          <Button aria-disabled={running !== null} onClick={onResend}>
            {running === null ? resendLabel : t('webhooks.actions.testing')}
          </Button>
          {!isTest && <span className={styles.quiet}>{t('webhooks.delivery.resendHelp')}</span>}
        </div>
        {problem !== null && <ProblemNotice problem={problem} />}
        <div role="status" className={styles.result}>
          {again !== null && (
            <OutcomeNotice
              delivery={again}
              to={`/webhooks/${encodeURIComponent(id)}/deliveries/${encodeURIComponent(again.id)}`}
            />
          )}
        </div>
        <DeliveryFacts delivery={delivery} />
        <DeliveryContent delivery={delivery} />
      </div>
    </>
  );
}

function DeliveryFacts({ delivery }: { readonly delivery: Delivery }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  const { what, versions } = useDeliveryWords();
  const { resources = [] } = useWorkspace().data ?? {};
  const { resource, recordId, attempt, status, shownVersion } = delivery;
  const described = resources.find(({ name }) => name === resource);
  const to =
    described === undefined || recordId === null
      ? null
      : described.single
        ? `/${described.name}`
        : `/${described.name}/${encodeURIComponent(recordId)}`;
  const facts = [
    [t('webhooks.deliveries.what'), what(delivery)],
    ...(recordId === null
      ? []
      : [
          [
            t('webhooks.deliveries.record'),
            <>
              {recordId}
              {versions(delivery) !== '' && `, ${versions(delivery)}`}
              {to !== null && (
                <>
                  {' · '}
                  <Link to={to}>{t('webhooks.delivery.openRecord')}</Link>
                </>
              )}
            </>,
          ] as const,
        ]),
    [t('webhooks.deliveries.attempt'), number(attempt)],
    [t('webhooks.delivery.status'), status === null ? t('webhooks.delivery.noStatus') : String(status)],
    ...(shownVersion === null
      ? []
      : [
          [
            t('webhooks.delivery.shownVersion'),
            t('webhooks.deliveries.version', { version: number(shownVersion) }),
          ] as const,
        ]),
  ] as const;
  return (
    <dl className={styles.facts}>
      {facts.map(([label, shown]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{shown}</dd>
        </div>
      ))}
    </dl>
  );
}
