import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import type { JsonObject } from '../../../shared/json.ts';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useFormats } from '../language/useFormats.ts';
import { PageHeading } from '../shell/PageHeading.tsx';
import { PublicationBadge } from './PublicationBadge.tsx';
import { recordTitle } from './recordTitle.ts';
import styles from './record.module.css';

/** Where the record belongs, its name, whether it is published, and what can be done with the whole of it. */
export function RecordHeader({
  resource,
  record,
  actions,
}: {
  readonly resource: ResourceDescription;
  readonly record: JsonObject;
  readonly actions: ReactNode;
}) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { config } = usePanelServices();
  const title = resource.single ? words(resource.label) : recordTitle(resource, record) || t('record.untitled');
  return (
    <header className={styles.header}>
      {!resource.single && (
        <nav aria-label={t('record.breadcrumb')} className={styles.breadcrumb}>
          <Link to={`/${resource.name}`}>{words(resource.label)}</Link>
        </nav>
      )}
      <div className={styles.titleRow}>
        <PageHeading title={title} />
        {resource.drafts && <PublicationBadge record={record} />}
        <div className={styles.actions}>
          {config.siteUrl !== null && (
            <a href={config.siteUrl} target="_blank" rel="noreferrer" className={styles.siteLink}>
              {t('record.openSite')}
              <span className="visually-hidden"> {t('common.newTab')}</span>
            </a>
          )}
          {actions}
        </div>
      </div>
    </header>
  );
}
