import type { ChangeLog, LogPage } from './changeLog.ts';

/**
 * The log for several who look at its end in the same moment, as all do whom an append woke: equal questions are asked once.
 *
 * A question goes out when the step is over in which it came, so an answer is never older than any of those who share it:
 * nobody who was woken right before he asked waits for what the answer does not have. `onRead` hears of every page first.
 */
export function createSharedReads(log: ChangeLog, onRead: (page: LogPage) => void): ChangeLog {
  const asked = new Map<string, Promise<LogPage>>();

  async function ask(name: string, after: number, limit: number): Promise<LogPage> {
    await new Promise<void>((resolve) => process.nextTick(resolve));
    asked.delete(name);
    const page = await log.read(after, limit);
    onRead(page);
    return page;
  }

  return {
    get epoch() {
      return log.epoch;
    },
    head: () => log.head(),
    history: (...of) => log.history(...of),
    version: (...of) => log.version(...of),
    placeAt: (time) => log.placeAt(time),
    onAppend: (listener) => log.onAppend(listener),
    read(after, limit = 256) {
      const name = `${limit}:${after}`;
      const page = asked.get(name) ?? ask(name, after, limit);
      asked.set(name, page);
      return page;
    },
  };
}
