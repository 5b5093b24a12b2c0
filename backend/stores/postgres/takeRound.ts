import type { PendingWrite } from './postgresCommit.ts';

/**
 * Takes the first write of every record and every key out of a list; the rest keeps its order.
 *
 * One statement sees each row as it was before: of two writes of one record, or two uses of one key, the second would
 * silently do nothing.
 */
export function takeRound(writes: readonly PendingWrite[]): {
  readonly round: PendingWrite[];
  readonly later: PendingWrite[];
} {
  const taken = new Set<string>();
  const round: PendingWrite[] = [];
  const later: PendingWrite[] = [];
  for (const pending of writes) {
    const names = namesOf(pending);
    const isFree = !names.some((name) => taken.has(name));
    // Also the names of one that has to wait: what comes behind it on the same record may not overtake it.
    for (const name of names) taken.add(name);
    (isFree ? round : later).push(pending);
  }
  return { round, later };
}

function namesOf({ write }: PendingWrite): string[] {
  const names: string[] = [];
  if ('expectedVersion' in write) names.push(JSON.stringify(['record', write.entry.resource, write.entry.id]));
  if (write.entry.key !== undefined) names.push(JSON.stringify(['key', write.entry.key.scope, write.entry.key.key]));
  return names;
}
