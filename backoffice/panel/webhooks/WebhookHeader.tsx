import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { PageHeading } from '../shell/PageHeading.tsx';
import styles from './webhooks.module.css';

/** Where a screen belongs, its name, and what can be done on it. */
export function WebhookHeader({
  title,
  endpoint,
  children,
}: {
  readonly title: string;
  /** The endpoint that the screen is below of; none for the screen of an endpoint itself. */
  readonly endpoint?: { readonly id: string; readonly name: string };
  readonly children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <header className={styles.header}>
      <nav aria-label={t('webhooks.breadcrumb')} className={styles.breadcrumb}>
        <Link to="/webhooks">{t('webhooks.title')}</Link>
        {endpoint !== undefined && (
          <>
            <span aria-hidden> › </span>
            <Link to={`/webhooks/${encodeURIComponent(endpoint.id)}`}>{endpoint.name}</Link>
          </>
        )}
      </nav>
      <PageHeading title={title} />
      {children}
    </header>
  );
}
