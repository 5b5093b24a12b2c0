/** The secret of an endpoint, at the only moment when it is shown. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import controls from '../controls/controls.module.css';
import { Notice } from '../feedback/Notice.tsx';
import { endpointName, type EndpointWithSecret } from './endpoint.ts';
import { useAskBeforeLeaving } from './useAskBeforeLeaving.ts';
import { WebhookHeader } from './WebhookHeader.tsx';
import styles from './webhooks.module.css';

/** Left by a button that has to be unlocked first; every other way out asks. */
export function SecretScreen({
  endpoint,
  onDone,
}: {
  readonly endpoint: EndpointWithSecret;
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  const [isKept, setKept] = useState(false);
  const [isMissing, setMissing] = useState(false);
  const [copied, setCopied] = useState<'not yet' | 'yes' | 'no'>('not yet');
  const isDone = useRef(false);
  const input = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLInputElement>(null);
  const question = useCallback(() => {
    if (isDone.current) return null;
    const of = 'webhooks.secret';
    return {
      title: t(`${of}.leaveTitle`),
      body: t(`${of}.leaveBody`),
      confirm: t(`${of}.leaveConfirm`),
      cancel: t(`${of}.leaveCancel`),
      isFinal: true,
    };
  }, [t]);
  useAskBeforeLeaving(question);
  useEffect(() => input.current?.select(), []);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(endpoint.secret);
      setCopied('yes');
    } catch {
      // Not allowed, or not there without https: the sentence says how else, and the text is selected for it.
      setCopied('no');
      input.current?.select();
    }
  };
  const done = () => {
    if (!isKept) {
      setMissing(true);
      box.current?.focus();
      return;
    }
    isDone.current = true;
    onDone();
  };
  return (
    <>
      <WebhookHeader title={t('webhooks.secret.title')} endpoint={{ id: endpoint.id, name: endpointName(endpoint) }} />
      <div className={styles.form}>
        <Notice tone="waiting">{t('webhooks.secret.once')}</Notice>
        <div className={styles.secret}>
          <TextField
            ref={input}
            label={t('webhooks.secret.label')}
            readOnly
            value={endpoint.secret}
            spellCheck={false}
            autoComplete="off"
            description={<span className="visually-hidden">{t('webhooks.secret.once')}</span>}
            onFocus={(event) => event.target.select()}
          />
          <Button look="default" onClick={() => void copy()}>
            {t('webhooks.secret.copy')}
          </Button>
        </div>
        <p role="status" className={styles.said}>
          {copied === 'yes' && t('webhooks.secret.copied')}
          {copied === 'no' && t('webhooks.secret.notCopied')}
        </p>
        <div>
          <label className={controls.check}>
            <input
              ref={box}
              type="checkbox"
              checked={isKept}
              aria-invalid={isMissing && !isKept ? true : undefined}
              aria-describedby={isMissing && !isKept ? 'secret-missing' : undefined}
              onChange={(event) => setKept(event.target.checked)}
            />
            {t('webhooks.secret.kept')}
          </label>
          {isMissing && !isKept && (
            <p id="secret-missing" className={controls.error}>
              {t('webhooks.secret.keptMissing')}
            </p>
          )}
        </div>
        <div className={styles.buttons}>
          <Button aria-disabled={!isKept} onClick={done}>
            {t('webhooks.secret.done')}
          </Button>
        </div>
      </div>
    </>
  );
}
