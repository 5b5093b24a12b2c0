/** A part of the screen that could not be loaded. */
import { Button } from '../controls/Button.tsx';
import { useTranslation } from 'react-i18next';
import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { loadFault } from './loadFault.ts';
import { Notice } from './Notice.tsx';
import { ProblemDetails } from './ProblemDetails.tsx';
import styles from './feedback.module.css';

/** Says in plain words why, and offers to try again. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { t } = useTranslation();
  const problem = error instanceof SyncRequestError ? error.problem : undefined;
  return (
    <div className={styles.state}>
      <Notice tone="bad" title={t('common.loadFailed')} urgent>
        {t(`common.${loadFault(problem)}`)}
        {problem !== undefined && <ProblemDetails problem={problem} />}
      </Notice>
      <Button look="default" onClick={onRetry}>
        {t('common.retry')}
      </Button>
    </div>
  );
}
