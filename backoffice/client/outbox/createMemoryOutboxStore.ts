import type { OutboxLine } from './outboxLine.ts';
import { emptySession, type OutboxStore } from './outboxStore.ts';

/** Keeps the lines in the memory of the page: what is left where a browser lets nothing be written. */
export function createMemoryOutboxStore(): OutboxStore {
  let lines: readonly OutboxLine[] = [];
  let session = emptySession;
  let lastOrder = 0;
  return {
    isDurable: false,
    async change(record, work) {
      const edit = work({ lines: lines.filter((line) => record === null || line.record === record), session });
      const put = (edit.put ?? []).map((line) => (line.order === 0 ? { ...line, order: (lastOrder += 1) } : line));
      const replaced = new Set([...put.map((line) => line.order), ...(edit.remove ?? [])]);
      const kept = lines.filter((line) => !replaced.has(line.order));
      // Copied as a database would: a line is never the object of a page.
      lines = [...kept, ...structuredClone(put)].toSorted((a, b) => a.order - b.order);
      session = edit.session ?? session;
      return edit.value;
    },
    close: () => undefined,
  };
}
