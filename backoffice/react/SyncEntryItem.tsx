import { useState, type ReactElement } from 'react';
import type { JsonValue } from '../../shared/json.ts';
import { describeProblem, type Locale, type QueueEntry, type RealtimeSyncService } from '../client/index.ts';
import { indicatorStyles as styles, stateColours } from './indicatorStyles.ts';
import { indicatorWords } from './indicatorWords.ts';

/** What one line of the details needs. */
export interface SyncEntryItemProps {
  readonly entry: QueueEntry;
  readonly label: string;
  readonly locale: Locale;
  readonly service: RealtimeSyncService;
  /** Opens the page's own surface for conflicts; without it the choice is made here. */
  readonly onResolve?: ((entry: QueueEntry) => void) | undefined;
  /** Opens the form of a save that was refused; without it there is no such button. */
  readonly onOpen?: ((entry: QueueEntry) => void) | undefined;
}

const colours = {
  waiting: stateColours.unsaved,
  sending: stateColours.saving,
  failed: stateColours.failed,
  conflict: stateColours.conflict,
};

/** One save of the queue: what it is, how it is, and what can be done about it. */
export function SyncEntryItem({ entry, label, locale, service, onResolve, onOpen }: SyncEntryItemProps): ReactElement {
  const [isAsking, setIsAsking] = useState(false);
  const words = indicatorWords[locale];
  const { problem, status } = entry;
  // The name of the record is part of each button's name: a list of five "Try again" tells a screen reader nothing.
  const button = (text: string, onClick: () => void) => (
    <button type="button" style={styles.button} aria-label={`${text} — ${label}`} onClick={onClick}>
      {text}
    </button>
  );
  // A refusal is shown by the entry itself, so the promise has nothing to add.
  const resolve = (choice: 'mine' | 'theirs') => void service.resolve(entry.id, choice).catch(() => undefined);
  return (
    <li style={styles.item}>
      <div style={styles.itemHead}>
        <span style={styles.label}>{label}</span>
        <span style={{ ...styles.status, color: colours[status] }}>{words.status[status]}</span>
      </div>
      {problem && <p style={styles.sentence}>{describeProblem(problem, locale)}</p>}
      {problem?.errors?.map((error) => (
        <p key={error.path} style={styles.sentence}>
          {error.message}
        </p>
      ))}
      {!onResolve &&
        entry.conflicts?.map((conflict) => (
          <p key={conflict.path} style={styles.sentence}>
            {words.versions({
              field: conflict.path.split('/').at(-1) ?? '',
              mine: shown(conflict.mine, words.nothing),
              theirs: shown(conflict.theirs, words.nothing),
            })}
          </p>
        ))}
      {problem && (
        <details style={styles.sentence}>
          <summary>{words.technical}</summary>
          {[
            problem.code,
            problem.status || null,
            problem.detail,
            problem.requestId && `${words.requestId} ${problem.requestId}`,
          ]
            .filter(Boolean)
            .join(' · ')}
        </details>
      )}
      <div style={styles.actions}>
        {status === 'conflict' && onResolve && button(words.resolve, () => onResolve(entry))}
        {status === 'conflict' && !onResolve && button(words.keepMine, () => resolve('mine'))}
        {status === 'conflict' && !onResolve && button(words.keepTheirs, () => resolve('theirs'))}
        {status === 'failed' && onOpen && button(words.open, () => onOpen(entry))}
        {(status === 'failed' || (status === 'waiting' && problem)) &&
          button(words.retry, () => service.retry(entry.id))}
        {!isAsking && button(words.discard, () => setIsAsking(true))}
        {isAsking && (
          <>
            <span role="alert" style={{ flexBasis: '100%', fontSize: 14 }}>
              {words.discardQuestion}
            </span>
            {button(words.discardYes, () => service.discard(entry.id))}
            {button(words.discardNo, () => setIsAsking(false))}
          </>
        )}
      </div>
    </li>
  );
}

function shown(value: JsonValue | undefined, nothing: string): string {
  if (value === undefined || value === null || value === '') return nothing;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
