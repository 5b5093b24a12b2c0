import type { EndpointWorker } from './endpointWorker.ts';

/**
 * Creates what bounds the records that wait over all endpoints of a process: where too many do, the longest line becomes one reset. Called
 * for each that comes, it counts anew only once in a while.
 */
export function createWaitingBound(workers: ReadonlyMap<string, EndpointWorker>, maxWaiting: number): () => void {
  let notedSince = 0;
  return () => {
    notedSince += 1;
    if (notedSince < maxWaiting / 20) return;
    notedSince = 0;
    let waiting = [...workers.values()].reduce((sum, { queue }) => sum + queue.size, 0);
    while (waiting > maxWaiting) {
      const longest = [...workers.values()].reduce((a, b) => (a.queue.size >= b.queue.size ? a : b));
      if (longest.queue.size <= 1) return;
      waiting -= longest.queue.size - 1;
      longest.noteReset(longest.cursor, 'overflow');
    }
  };
}
