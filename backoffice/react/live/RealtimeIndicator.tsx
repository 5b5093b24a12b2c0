import { useState, type CSSProperties, type ReactElement } from 'react';
import type { ConnectionStatus, Locale } from '../../client/index.ts';
import { indicatorStyles, stateColours } from '../indicatorStyles.ts';
import { readLocale } from '../readLocale.ts';
import { useProvidedConnection } from './ConnectionContext.ts';
import { realtimeIndicatorWords } from './realtimeIndicatorWords.ts';
import { toRealtimePayload, type RealtimePayload } from './realtimePayload.ts';
import { useStatusOf } from './useConnectionStatus.ts';
import { useFollow } from './useFollow.ts';

/** What the indicator can be told; nothing is needed. */
export interface RealtimeIndicatorProps {
  /** The resource whose last change is shown. Default: none, only the connection. */
  readonly table?: string;
  /** As of `useRealtimeSubscription`. */
  readonly filter?: string | readonly string[];
  /** True: also the last change, since when the state is what it is, and by which way. Default false. */
  readonly detailed?: boolean;
  /** True: a button while nothing arrives. Default false. */
  readonly showReconnect?: boolean;
  /** Default: the language of the document, else of the browser. */
  readonly locale?: Locale;
}

/** Says in words whether the page is live, and what came last. A screen reader hears each new state once. */
export function RealtimeIndicator(props: RealtimeIndicatorProps): ReactElement {
  const { table, detailed = false, showReconnect = false, locale = readLocale() } = props;
  const words = realtimeIndicatorWords[locale];
  const { connection, isOutside = false } = useProvidedConnection('RealtimeIndicator');
  const status = useStatusOf(connection);
  const [last, setLast] = useState<RealtimePayload | null>(null);
  const subscription = useFollow({
    hook: 'RealtimeIndicator',
    table: table ?? '',
    filter: props.filter,
    enabled: detailed && table !== undefined,
    onEvent: (event) => setLast(event.type === 'reset' ? null : toRealtimePayload(event.change)),
  });
  const state = subscription.status === 'error' ? 'closed' : (status?.state ?? (isOutside ? 'closed' : 'connecting'));
  const text = isOutside ? words.outside : words.states[state];
  const time = (at: Date | string): string =>
    new Intl.DateTimeFormat(locale, { timeStyle: 'medium' }).format(new Date(at));
  const problem = subscription.error?.message ?? status?.problem?.detail ?? status?.problem?.title;

  return (
    <section aria-label={words.region} lang={locale} style={styles.root}>
      <span aria-hidden="true" style={{ ...indicatorStyles.dot, background: colours[state] }} />
      <span role="status" aria-live="polite" data-realtime-state={state}>
        {text}
      </span>
      {detailed && (
        <span style={styles.quiet}>
          {status !== null && <time dateTime={status.since.toISOString()}>{words.since(time(status.since))}</time>}
          {status?.transport && <span>{words.transport(status.transport)}</span>}
          {table !== undefined && (
            <span>
              {last === null
                ? words.none
                : words.event({ kind: last.eventType, id: last.change.id, time: time(last.commit_timestamp) })}
            </span>
          )}
          {problem !== undefined && <span>{problem}</span>}
        </span>
      )}
      {showReconnect && connection !== null && state !== 'live' && (
        <button type="button" style={indicatorStyles.button} onClick={() => connection.reconnect()}>
          {words.reconnect}
        </button>
      )}
    </section>
  );
}

const colours: Readonly<Record<ConnectionStatus['state'], string>> = {
  connecting: stateColours.saving,
  live: stateColours.saved,
  polling: stateColours.saved,
  offline: stateColours.offline,
  closed: stateColours.failed,
};

const styles = {
  root: { display: 'inline-flex', flexWrap: 'wrap', alignItems: 'center', gap: 8, colorScheme: 'light dark' },
  quiet: { display: 'inline-flex', flexWrap: 'wrap', gap: 8, fontSize: 14, color: stateColours.offline },
} as const satisfies Record<string, CSSProperties>;
