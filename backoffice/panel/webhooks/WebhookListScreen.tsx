/** Every receiver of webhooks, and how each is doing. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { buttonClass } from '../controls/buttonClass.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useIsPhone } from '../look/useIsPhone.ts';
import listStyles from '../recordList/recordList.module.css';
import { PageHeading } from '../shell/PageHeading.tsx';
import { endpointName, type Endpoint } from './endpoint.ts';
import { StateBadge } from './StateBadge.tsx';
import { useEndpoints } from './useEndpoints.ts';
import { useEndpointState } from './useEndpointState.ts';
import styles from './webhooks.module.css';

/** Table or cards, and a way to add one. */
export function WebhookListScreen() {
  const { t } = useTranslation();
  const { data, error, refetch } = useEndpoints();
  const isPhone = useIsPhone();
  const addLink = (
    <Link to="/webhooks/new" className={buttonClass('filled')}>
      {t('webhooks.add')}
    </Link>
  );
  const Drawing = isPhone ? Cards : Table;
  return (
    <>
      <header className={listStyles.header}>
        <PageHeading title={t('webhooks.title')} />
        {data !== undefined && data.length > 0 && <div className={listStyles.add}>{addLink}</div>}
      </header>
      <p className={styles.lead}>{t('webhooks.lead')}</p>
      {data === undefined && error === null && <LateSkeleton shape="list" />}
      {data === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data?.length === 0 && (
        <div className={listStyles.empty}>
          <p>{t('webhooks.empty')}</p>
          {addLink}
        </div>
      )}
      {data !== undefined && data.length > 0 && <Drawing endpoints={data} />}
    </>
  );
}

function Table({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const { t } = useTranslation();
  const stateOf = useEndpointState();
  const lastOf = useLastDelivery();
  const columns = [t('webhooks.name'), t('webhooks.address'), t('webhooks.state'), t('webhooks.last')];
  return (
    <div className={listStyles.scroll} role="region" aria-label={t('webhooks.title')} tabIndex={0}>
      <table className={listStyles.table}>
        <thead>
          <tr>
            {columns.map((label) => (
              <th key={label} scope="col">
                <span className={listStyles.unsorted}>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {endpoints.map((endpoint) => {
            const { tone, title, facts } = stateOf(endpoint);
            return (
              <tr key={endpoint.id}>
                <td className={styles.nameCell}>
                  <NameLink endpoint={endpoint} className={listStyles.link} />
                </td>
                <td className={styles.addressCell}>
                  <span title={endpoint.url}>{endpoint.url}</span>
                </td>
                <td className={styles.stateCell}>
                  <StateBadge tone={tone}>{title}</StateBadge>
                  {facts.map((fact) => (
                    <span key={fact} className={styles.fact}>
                      {fact}
                    </span>
                  ))}
                </td>
                <td className={styles.nowrap}>{lastOf(endpoint)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cards({ endpoints }: { readonly endpoints: readonly Endpoint[] }) {
  const { t } = useTranslation();
  const stateOf = useEndpointState();
  const lastOf = useLastDelivery();
  return (
    <ul className={listStyles.cards}>
      {endpoints.map((endpoint) => {
        const { tone, title, facts } = stateOf(endpoint);
        return (
          <li key={endpoint.id} className={listStyles.card}>
            <NameLink endpoint={endpoint} className={listStyles.cardLink} />
            <StateBadge tone={tone}>{title}</StateBadge>
            {facts.map((fact) => (
              <span key={fact} className={styles.fact}>
                {fact}
              </span>
            ))}
            <dl>
              <div>
                <dt>{t('webhooks.address')}</dt>
                <dd>{endpoint.url}</dd>
              </div>
              <div>
                <dt>{t('webhooks.last')}</dt>
                <dd>{lastOf(endpoint)}</dd>
              </div>
            </dl>
          </li>
        );
      })}
    </ul>
  );
}

function NameLink({ endpoint, className }: { readonly endpoint: Endpoint; readonly className: string | undefined }) {
  return (
    <Link to={`/webhooks/${encodeURIComponent(endpoint.id)}`} className={className}>
      <span className={styles.name}>{endpointName(endpoint)}</span>
    </Link>
  );
}

function useLastDelivery(): (endpoint: Endpoint) => string {
  const { t } = useTranslation();
  const { exact } = useExactTimes();
  return ({ lastDelivery }) => (lastDelivery === null ? t('webhooks.never') : exact(lastDelivery.at));
}
