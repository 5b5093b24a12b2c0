/** What was sent to an endpoint, newest first. */
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router-dom';
import { Button } from '../controls/Button.tsx';
import controls from '../controls/controls.module.css';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { useIsPhone } from '../look/useIsPhone.ts';
import listStyles from '../recordList/recordList.module.css';
import { DeliveryCards, DeliveryTable } from './DeliveryTable.tsx';
import { useDeliveries } from './useDeliveries.ts';
import styles from './webhooks.module.css';

/** The filter is in the address, so that "only failed" can be sent to a colleague. */
export function DeliveryList({ endpoint }: { readonly endpoint: string }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const onlyFailed = params.get('outcome') === 'failed';
  const list = useDeliveries(endpoint, onlyFailed);
  const isPhone = useIsPhone();
  const Drawing = isPhone ? DeliveryCards : DeliveryTable;
  const none = onlyFailed ? 'webhooks.deliveries.noneFailed' : 'webhooks.deliveries.empty';
  const filter = (isOn: boolean) =>
    setParams(isOn ? { outcome: 'failed' } : {}, { replace: true, preventScrollReset: true });
  return (
    <section>
      <div className={styles.sectionHead}>
        <h2 id="deliveries">{t('webhooks.deliveries.title')}</h2>
        <label className={controls.check}>
          <input type="checkbox" checked={onlyFailed} onChange={(event) => filter(event.target.checked)} />
          {t('webhooks.deliveries.onlyFailed')}
        </label>
        <Button look="default" small onClick={list.refresh}>
          {t('webhooks.deliveries.refresh')}
        </Button>
      </div>
      {/* Stands before it says something: a screen reader hears only of what changes. */}
      <p role="status" className={styles.newer}>
        {list.hasNewer && t('webhooks.deliveries.newer')}
      </p>
      {list.error !== null && <ErrorState error={list.error} onRetry={list.refresh} />}
      {!list.isLoaded && list.error === null && <LateSkeleton shape="list" />}
      {list.isLoaded && list.deliveries.length === 0 && (
        <div className={listStyles.empty}>
          <p>{t(list.hasMore ? 'webhooks.deliveries.noneFailedYet' : none)}</p>
        </div>
      )}
      {(list.deliveries.length > 0 || list.hasMore) && (
        <div className={listStyles.records} data-stale={list.isStale || undefined}>
          {list.deliveries.length > 0 && <Drawing endpoint={endpoint} deliveries={list.deliveries} />}
          {list.hasMore && (
            <div className={listStyles.more}>
              <Button look="default" disabled={list.isLoadingMore} onClick={list.loadMore}>
                {t('webhooks.deliveries.more')}
              </Button>
            </div>
          )}
        </div>
      )}
    </section>
  );
}
