import { openDB, type DBSchema } from 'idb';
import type { OutboxLine } from './outboxLine.ts';
import { emptySession, type OutboxSession, type OutboxStore } from './outboxStore.ts';

interface OutboxSchema extends DBSchema {
  lines: { key: number; value: OutboxLine; indexes: { record: string } };
  session: { key: 'session'; value: OutboxSession };
}

/**
 * Opens the lines in IndexedDB.
 *
 * Errors  rejects where the browser allows no database, as in some private windows
 */
export async function openIndexedDbStore(name: string): Promise<OutboxStore> {
  const database = await openDB<OutboxSchema>(name, 1, {
    upgrade(database) {
      database.createObjectStore('lines', { keyPath: 'order', autoIncrement: true }).createIndex('record', 'record');
      database.createObjectStore('session');
    },
    // A newer version of this file in another tab must not wait for this one.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  return {
    isDurable: true,
    async change(record, work) {
      // Strict: what is acknowledged survives a battery that runs empty, not only a closed page.
      const transaction = database.transaction(['lines', 'session'], 'readwrite', { durability: 'strict' });
      const lines = transaction.objectStore('lines');
      const sessions = transaction.objectStore('session');
      try {
        const [found, session = emptySession] = await Promise.all([
          record === null ? lines.getAll() : lines.index('record').getAll(record),
          sessions.get('session'),
        ]);
        const edit = work({ lines: found.toSorted((a, b) => a.order - b.order), session });
        const writes: Promise<unknown>[] = (edit.remove ?? []).map((order) => lines.delete(order));
        for (const line of edit.put ?? []) writes.push(lines.put(line.order === 0 ? withoutOrder(line) : line));
        if (edit.session) writes.push(sessions.put(edit.session, 'session'));
        await Promise.all([...writes, transaction.done]);
        return edit.value;
      } catch (error) {
        // It rejects as well, with the same reason.
        transaction.done.catch(() => undefined);
        if (isOpen(transaction)) transaction.abort();
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function withoutOrder(line: OutboxLine): OutboxLine {
  const { order: _order, ...rest } = line;
  return rest as OutboxLine;
}

function isOpen(transaction: { readonly objectStoreNames: DOMStringList; readonly error: unknown }): boolean {
  return transaction.error === null;
}
