/** Sends everything again that changed since a moment. */
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import styles from './webhooks.module.css';

const dayMs = 24 * 60 * 60 * 1000;

/** Begins with yesterday at this time. */
export function ReplayForm({
  isRunning,
  onReplay,
}: {
  readonly isRunning: boolean;
  /** `since` is ISO 8601 in UTC. */
  readonly onReplay: (since: string) => void;
}) {
  const { t } = useTranslation();
  const [since, setSince] = useState(() => toInput(new Date(Date.now() - dayMs)));
  const [isMissing, setMissing] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  // It was opened by a button, and this is where that goes on.
  useEffect(() => input.current?.focus(), []);
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const moment = new Date(since);
    setMissing(Number.isNaN(moment.getTime()));
    if (Number.isNaN(moment.getTime())) input.current?.focus();
    else onReplay(moment.toISOString());
  };
  return (
    <form className={styles.replay} aria-label={t('webhooks.replay.title')} noValidate onSubmit={onSubmit}>
      <p className={styles.quiet}>{t('webhooks.replay.lead')}</p>
      <div className={styles.replayLine}>
        <TextField
          ref={input}
          label={t('webhooks.replay.since')}
          type="datetime-local"
          value={since}
          onChange={(event) => setSince(event.target.value)}
          error={isMissing ? t('webhooks.replay.missing') : undefined}
        />
        <Button type="submit" aria-disabled={isRunning}>
          {t('webhooks.replay.send')}
        </Button>
      </div>
    </form>
  );
}

/** As the input wants it: the time of this place, without a zone. */
function toInput(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
