import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { describeSyncState, type Locale, type QueueEntry, type RealtimeSyncService } from '../client/index.ts';
import { indicatorStyles as styles, stateColours } from './indicatorStyles.ts';
import { indicatorWords, labelOfEntry } from './indicatorWords.ts';
import { readLocale } from './readLocale.ts';
import { useRealtimeSyncService } from './RealtimeSyncServiceProvider.tsx';
import { SyncEntryItem } from './SyncEntryItem.tsx';
import { useNow } from './useNow.ts';
import { useSyncState } from './useSyncState.ts';

/** What the indicator can be told; nothing is needed. */
export interface RealtimeSyncIndicatorProps {
  /** Default: the provider's, else the one of the page. */
  readonly service?: RealtimeSyncService;
  /** Default: the language of the document, else of the browser. */
  readonly locale?: Locale;
  /** Default `auto`, as the system has it. */
  readonly colorScheme?: 'light' | 'dark' | 'auto';
  /** Names the record of a save. Default: the resource and the typed name. */
  readonly labelOf?: (entry: QueueEntry) => string;
  /** Opens the page's own surface for conflicts. Default: mine or theirs, in the details. */
  readonly onResolve?: (entry: QueueEntry) => void;
  /** Opens the form of a save that was refused. Default: there is no such button. */
  readonly onOpen?: (entry: QueueEntry) => void;
}

/**
 * The state of all saves, in words, at the bottom right; a button opens the saves that are not done.
 *
 * A screen reader hears each new state once: the seconds that go by are for the eye only.
 */
export function RealtimeSyncIndicator(props: RealtimeSyncIndicatorProps): ReactElement {
  const service = useRealtimeSyncService(props.service);
  const state = useSyncState({ service });
  const locale = props.locale ?? readLocale();
  const words = indicatorWords[locale];
  const [isOpen, setIsOpen] = useState(false);
  const toggle = useRef<HTMLButtonElement>(null);
  const details = useRef<HTMLDivElement>(null);
  const [id, titleId] = [useId(), useId()];
  const savedMs = state.lastSyncTime?.getTime() ?? null;
  const { kind, text } = describeSyncState(state, locale, useNow(savedMs));
  const announced = describeSyncState(state, locale, savedMs ?? 0).text;
  const failed = state.entries.filter((entry) => entry.status === 'failed');

  // When the line that had the focus is gone, the focus would fall to the top of the page.
  useEffect(() => {
    if (isOpen && document.activeElement === document.body) details.current?.focus();
  }, [isOpen, state.entries.length]);

  return (
    <section
      aria-label={words.region}
      lang={locale}
      style={{
        ...styles.root,
        colorScheme: props.colorScheme === undefined || props.colorScheme === 'auto' ? 'light dark' : props.colorScheme,
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        setIsOpen(false);
        toggle.current?.focus();
      }}
    >
      <div style={styles.bar}>
        <span aria-hidden="true" style={{ ...styles.dot, background: stateColours[kind] }} />
        <div role="status" aria-live="polite" data-sync-state={kind}>
          <span style={styles.hidden}>{announced}</span>
          <span aria-hidden="true">{text}</span>
        </div>
        <button
          ref={toggle}
          type="button"
          style={styles.button}
          aria-expanded={isOpen}
          aria-controls={isOpen ? id : undefined}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? words.hide : words.show}
        </button>
      </div>
      {isOpen && (
        <div ref={details} id={id} role="group" aria-labelledby={titleId} tabIndex={-1} style={styles.panel}>
          <p id={titleId} style={styles.title}>
            {words.title}
          </p>
          {state.lastSyncTime && (
            <p style={styles.sentence}>
              {words.lastSave}{' '}
              <time dateTime={state.lastSyncTime.toISOString()}>
                {new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(
                  state.lastSyncTime,
                )}
              </time>
            </p>
          )}
          {state.entries.length === 0 && <p style={styles.sentence}>{words.empty}</p>}
          {failed.length > 1 && (
            <div style={styles.actions}>
              <button type="button" style={styles.button} onClick={() => service.retry()}>
                {words.retryAll}
              </button>
            </div>
          )}
          {state.entries.length > 0 && (
            <ul style={styles.list}>
              {state.entries.map((entry) => (
                <SyncEntryItem
                  key={entry.id}
                  entry={entry}
                  label={props.labelOf?.(entry) ?? labelOfEntry(entry, locale)}
                  locale={locale}
                  service={service}
                  onResolve={props.onResolve}
                  onOpen={props.onOpen}
                />
              ))}
            </ul>
          )}
        </div>
      )}
    </section>
  );
}
