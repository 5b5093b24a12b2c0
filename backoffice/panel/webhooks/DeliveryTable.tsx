/** Deliveries as a table on a desk, and as cards on a phone. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useFormats } from '../language/useFormats.ts';
import listStyles from '../recordList/recordList.module.css';
import type { Delivery } from './delivery.ts';
import { StateBadge } from './StateBadge.tsx';
import { useDeliveryWords } from './useDeliveryWords.ts';
import styles from './webhooks.module.css';

/** What both drawings get. */
export interface DeliveryTableProps {
  readonly endpoint: string;
  readonly deliveries: readonly Delivery[];
}

/** The first column leads to what was sent. */
export function DeliveryTable({ endpoint, deliveries }: DeliveryTableProps) {
  const { t } = useTranslation();
  const rowOf = useRows(endpoint);
  const columns = ['time', 'what', 'record', 'attempt', 'result', 'took'] as const;
  return (
    <div className={listStyles.scroll} role="region" aria-labelledby="deliveries" tabIndex={0}>
      <table className={listStyles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                <span className={listStyles.unsorted}>{t(`webhooks.deliveries.${column}`)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => {
            const row = rowOf(delivery);
            return (
              <tr key={delivery.id}>
                <td className={styles.nowrap}>
                  <Link to={row.to} className={listStyles.link}>
                    {row.at}
                  </Link>
                </td>
                <td>{row.what}</td>
                <td>
                  {row.record}
                  {row.versions !== '' && <span className={styles.fact}>{row.versions}</span>}
                </td>
                <td className={styles.nowrap}>{row.attempt}</td>
                <td className={styles.nowrap}>
                  <StateBadge tone={row.tone}>{row.said}</StateBadge>
                </td>
                <td className={styles.nowrap}>{row.took}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

/** The same, one below the other. */
export function DeliveryCards({ endpoint, deliveries }: DeliveryTableProps) {
  const { t } = useTranslation();
  const rowOf = useRows(endpoint);
  return (
    <ul className={listStyles.cards} aria-labelledby="deliveries">
      {deliveries.map((delivery) => {
        const row = rowOf(delivery);
        const record = [row.record, row.versions].filter((text) => text !== '').join(', ');
        return (
          <li key={delivery.id} className={listStyles.card}>
            <Link to={row.to} className={listStyles.cardLink}>
              {row.at}
            </Link>
            <span>{row.what}</span>
            <StateBadge tone={row.tone}>{row.said}</StateBadge>
            <dl>
              {record !== '' && (
                <div>
                  <dt>{t('webhooks.deliveries.record')}</dt>
                  <dd>{record}</dd>
                </div>
              )}
              <div>
                <dt>{t('webhooks.deliveries.attempt')}</dt>
                <dd>{row.attempt}</dd>
              </div>
              <div>
                <dt>{t('webhooks.deliveries.took')}</dt>
                <dd>{row.took}</dd>
              </div>
            </dl>
          </li>
        );
      })}
    </ul>
  );
}

function useRows(endpoint: string) {
  const { exact, duration } = useExactTimes();
  const { number } = useFormats();
  const { what, said, versions } = useDeliveryWords();
  return (delivery: Delivery) => ({
    to: `/webhooks/${encodeURIComponent(endpoint)}/deliveries/${encodeURIComponent(delivery.id)}`,
    at: exact(delivery.at),
    what: what(delivery),
    record: delivery.recordId ?? '',
    versions: versions(delivery),
    attempt: number(delivery.attempt),
    said: said(delivery),
    tone: delivery.outcome === 'delivered' ? ('good' as const) : ('bad' as const),
    took: duration(delivery.durationMs),
  });
}
