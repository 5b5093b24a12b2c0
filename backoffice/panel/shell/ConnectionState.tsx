/** How the panel hears of changes, in words, with details and a way to try again. */
import { Button } from '../controls/Button.tsx';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { usePanelServices } from '../data/usePanelServices.ts';
import { useSaves } from '../data/useSaves.ts';
import { useFormats } from '../language/useFormats.ts';
import { Disclosure } from './Disclosure.tsx';
import styles from './shell.module.css';

/** Live, polling, offline or connecting: it never says live when it is not. */
export function ConnectionState() {
  const { t } = useTranslation();
  const { moment, number } = useFormats();
  const { live } = usePanelServices();
  const { state, since } = useSyncExternalStore(live.subscribeStatus, live.getStatus);
  const { queueLength } = useSaves().state;
  const word = t(`connection.${state}`);
  return (
    <Disclosure
      name={t('connection.details')}
      label={
        <span className={styles.connection} data-state={state}>
          <span className={styles.connectionDot} aria-hidden />
          <span role="status">{word}</span>
        </span>
      }
    >
      <p className={styles.panelText}>{t(`connection.explain.${state}`)}</p>
      <dl className={styles.facts}>
        <dt>{t('connection.since')}</dt>
        <dd>{moment(since.toISOString())}</dd>
        <dt>{t('connection.pending')}</dt>
        <dd>{number(queueLength)}</dd>
      </dl>
      {state !== 'live' && (
        <Button look="default" small onClick={live.reconnect}>
          {t('connection.reconnect')}
        </Button>
      )}
    </Disclosure>
  );
}
