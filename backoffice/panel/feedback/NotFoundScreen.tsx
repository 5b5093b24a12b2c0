import { buttonClass } from '../controls/buttonClass.ts';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router-dom';
import { PageHeading } from '../shell/PageHeading.tsx';
import styles from './feedback.module.css';

/** An address that leads nowhere, or a record that is no longer there. */
export function NotFoundScreen({ what = 'page' }: { readonly what?: 'page' | 'record' }) {
  const { t } = useTranslation();
  return (
    <div className={styles.state}>
      <PageHeading title={t(what === 'page' ? 'notFound.page' : 'notFound.record')} />
      <p>{t(what === 'page' ? 'notFound.pageLead' : 'notFound.recordLead')}</p>
      <Link to={what === 'page' ? '/' : '..'} relative="path" className={buttonClass('default')}>
        {t(what === 'page' ? 'notFound.home' : 'notFound.list')}
      </Link>
    </div>
  );
}
