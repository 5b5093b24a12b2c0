import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { Notice } from '../feedback/Notice.tsx';
import { useExactTimes } from '../language/useExactTimes.ts';
import type { Delivery } from './delivery.ts';
import { ServerWords } from './ServerWords.tsx';
import { useDeliveryWords } from './useDeliveryWords.ts';

/** How one attempt ended, what it means and what to do; announced when it is the answer to a click. */
export function OutcomeNotice({
  delivery,
  to,
}: {
  readonly delivery: Delivery;
  /** Where its details are; none on the screen of the details. */
  readonly to?: string;
}) {
  const { t } = useTranslation();
  const { exact } = useExactTimes();
  const { said, todo, measured } = useDeliveryWords();
  const isGood = delivery.outcome === 'delivered';
  return (
    <Notice tone={isGood ? 'good' : 'bad'} title={t('webhooks.result.title', { said: said(delivery) })}>
      <p>
        {todo(delivery)} {measured(delivery)}
      </p>
      {!isGood && delivery.nextAttemptAt !== null && (
        <p>{t('webhooks.delivery.nextAttempt', { at: exact(delivery.nextAttemptAt) })}</p>
      )}
      {to !== undefined && <Link to={to}>{t('common.details')}</Link>}
      {to === undefined && <ServerWords words={delivery.error} messageId={delivery.messageId} />}
    </Notice>
  );
}
