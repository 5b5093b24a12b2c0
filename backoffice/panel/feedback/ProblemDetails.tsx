import { useTranslation } from 'react-i18next';
import type { SyncProblem } from '../../client/SyncRequestError.ts';
import styles from './feedback.module.css';

/** What support asks for: the code and the request id, folded away. */
export function ProblemDetails({ problem }: { readonly problem: SyncProblem }) {
  const { t } = useTranslation();
  return (
    <details className={styles.details}>
      <summary>{t('common.details')}</summary>
      <dl>
        <dt>{t('common.code')}</dt>
        <dd>{problem.code}</dd>
        {problem.requestId !== undefined && (
          <>
            <dt>{t('common.requestId')}</dt>
            <dd>{problem.requestId}</dd>
          </>
        )}
        {problem.detail !== undefined && (
          <>
            <dt>{t('common.serverSays')}</dt>
            <dd>{problem.detail}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
