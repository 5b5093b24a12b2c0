import type { LogEntry, MessageEntry } from './entry.ts';

/** The type of the entry that stands where messages were. Types that begin with `sync.` are the product's own. */
export const removedMessagesType = 'sync.removed';

/**
 * The entry that a store puts in the place of the last message that it let go of.
 *
 * A reader that passes it was away while there were messages, and nobody knows any more for whom: it is told a reset of the
 * scope `messages`, never one of changes, because no change went. One is enough for everything below it: who is behind an
 * earlier message is behind this place too.
 */
export function removedMessages({ seq, at }: Pick<LogEntry, 'seq' | 'at'>): MessageEntry {
  const to = { kind: 'scope', scope: {} } as const;
  return { kind: 'message', seq, at, id: '', type: removedMessagesType, payload: null, to, from: null };
}

/** True for a message that a store may let go of; false for every other entry and for what stands in their place. */
export function isRemovable(entry: Pick<LogEntry, 'kind'> & { readonly type?: string }): boolean {
  return entry.kind === 'message' && entry.type !== removedMessagesType;
}
