import { useTranslation } from 'react-i18next';
import feedback from '../feedback/feedback.module.css';

/** What the server wrote down, folded away: it is in English, and for whoever asks for help. */
export function ServerWords({ words, messageId }: { readonly words: string | null; readonly messageId?: string }) {
  const { t } = useTranslation();
  if (words === null && messageId === undefined) return null;
  return (
    <details className={feedback.details}>
      <summary>{t('common.details')}</summary>
      <dl>
        {words !== null && (
          <>
            <dt>{t('common.serverSays')}</dt>
            <dd lang="en">{words}</dd>
          </>
        )}
        {messageId !== undefined && (
          <>
            <dt>{t('webhooks.delivery.message')}</dt>
            <dd>{messageId}</dd>
          </>
        )}
      </dl>
    </details>
  );
}
