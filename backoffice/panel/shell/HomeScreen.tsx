import { useTranslation } from 'react-i18next';
import { Navigate } from 'react-router-dom';
import { useWorkspace } from '../data/useWorkspace.ts';
import { PageHeading } from './PageHeading.tsx';

/** Leads to the first resource. */
export function HomeScreen() {
  const { t } = useTranslation();
  const first = useWorkspace().data?.resources[0];
  if (first !== undefined) return <Navigate to={`/${first.name}`} replace />;
  return (
    <>
      <PageHeading title={t('shell.nothingTitle')} />
      <p>{t('shell.nothing')}</p>
    </>
  );
}
