/** What is declared of each resource, and how many follow it at this moment. */
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { LateSkeleton } from '../feedback/LateSkeleton.tsx';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useFormats } from '../language/useFormats.ts';
import { useIsPhone } from '../look/useIsPhone.ts';
import listStyles from '../recordList/recordList.module.css';
import { PageHeading } from '../shell/PageHeading.tsx';
import styles from './configuration.module.css';
import { useConfiguration } from './useConfiguration.ts';

/** One column of the table, or one line of a card. */
interface Column {
  readonly label: string;
  readonly isNumber?: boolean;
  readonly text: (resource: ResourceDescription) => string;
}

/** A table on a desk, cards on a phone, both renewed by themselves. */
export function ConfigurationScreen() {
  const { t } = useTranslation();
  const { exact } = useExactTimes();
  const { data, error, refetch, isFetching, dataUpdatedAt } = useConfiguration();
  const columns = useColumns(data ?? []);
  const isPhone = useIsPhone();
  const at = exact(dataUpdatedAt);
  const Drawing = isPhone ? Cards : Table;
  return (
    <>
      <header className={listStyles.header}>
        <PageHeading title={t('configuration.title')} />
        {data !== undefined && (
          <div className={listStyles.add}>
            <Button look="default" aria-disabled={isFetching} onClick={() => void refetch()}>
              {t('configuration.refresh')}
            </Button>
          </div>
        )}
      </header>
      <p className={styles.lead}>{t('configuration.lead')}</p>
      {data === undefined && error === null && <LateSkeleton shape="list" />}
      {data === undefined && error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <>
          <p className={`${listStyles.count} ${styles.asOf}`} role={error === null ? undefined : 'status'}>
            {t(error === null ? 'configuration.asOf' : 'configuration.stale', { at })}
          </p>
          {data.length === 0 ? (
            <div className={listStyles.empty}>
              <p>{t('configuration.empty')}</p>
            </div>
          ) : (
            <Drawing resources={data} columns={columns} />
          )}
          <p className={styles.help}>{t('configuration.help.live')}</p>
          <p className={styles.help}>{t('configuration.help.followers')}</p>
        </>
      )}
    </>
  );
}

interface DrawingProps {
  readonly resources: readonly ResourceDescription[];
  readonly columns: readonly Column[];
}

function Table({ resources, columns }: DrawingProps) {
  const { t } = useTranslation();
  const { words } = useFormats();
  return (
    <div className={listStyles.scroll} role="region" aria-label={t('configuration.title')} tabIndex={0}>
      <table className={listStyles.table}>
        <thead>
          <tr>
            {[{ label: t('configuration.resource'), isNumber: false }, ...columns].map(({ label, isNumber }) => (
              <th key={label} scope="col" data-number={isNumber || undefined} className={styles.number}>
                <span className={listStyles.unsorted}>{label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {resources.map((resource) => (
            <tr key={resource.name}>
              <td>
                <Link to={`/${resource.name}`} className={listStyles.link}>
                  {words(resource.label)}
                </Link>
              </td>
              {columns.map(({ label, text, isNumber }) => (
                <td key={label} data-number={isNumber || undefined} className={styles.number}>
                  {text(resource)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cards({ resources, columns }: DrawingProps) {
  const { words } = useFormats();
  return (
    <ul className={listStyles.cards}>
      {resources.map((resource) => (
        <li key={resource.name} className={listStyles.card}>
          <Link to={`/${resource.name}`} className={listStyles.cardLink}>
            {words(resource.label)}
          </Link>
          <dl>
            {columns.map(({ label, text }) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{text(resource)}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** Records are counted only where the server says how many there are. */
function useColumns(resources: readonly ResourceDescription[]): readonly Column[] {
  const { t } = useTranslation();
  const { number } = useFormats();
  const count = (value: number | undefined) => (value === undefined ? '–' : number(value));
  const live = ({ realtime }: ResourceDescription) => {
    if (realtime?.live === 'notify') return t('configuration.liveNotify');
    return t(realtime?.live === true ? 'configuration.liveYes' : 'configuration.liveNo');
  };
  const hasRows = resources.some(({ rows }) => rows !== undefined);
  return [
    { label: t('configuration.live'), text: live },
    {
      label: t('configuration.priority'),
      text: ({ realtime }) => (realtime === undefined ? '–' : t(`configuration.priorities.${realtime.priority}`)),
    },
    {
      label: t('configuration.followers'),
      isNumber: true,
      text: ({ realtime }) => count(realtime?.followers),
    },
    ...(hasRows
      ? [{ label: t('configuration.rows'), isNumber: true, text: ({ rows }: ResourceDescription) => count(rows) }]
      : []),
  ];
}
