import type { Change } from '../../../shared/change.ts';
import { seqOf, type FollowedChanges } from './followChanges.ts';
import type { AcknowledgedSave } from './savingClient.ts';

/** What is wrong with a whole log, after saves that were told to be stored; empty when each is there once with its values. */
export function faultsOfLog(log: readonly Change[], acknowledged: readonly AcknowledgedSave[]): string[] {
  const faults: string[] = [];
  const byKey = new Map<string, Change>();
  const versions = new Map<string, number>();
  let last = 0;
  for (const change of log) {
    const { resource, id, version, seq, mutationId } = change;
    if (seq <= last) faults.push(`place ${seq} comes after ${last}`);
    last = seq;
    const name = `${resource}/${id}`;
    const before = versions.get(name) ?? 0;
    if (version !== before + 1) faults.push(`${name} goes from version ${before} to ${version}`);
    versions.set(name, version);
    if (mutationId === null || mutationId === undefined) continue;
    if (byKey.has(mutationId)) faults.push(`${mutationId} is there twice`);
    byKey.set(mutationId, change);
  }
  for (const { key, resource, id, version, fields } of acknowledged) {
    const change = byKey.get(key);
    const isKept = Object.entries(fields).every(([field, value]) => change?.record?.[field] === value);
    if (change === undefined) {
      const there = log.find((one) => one.resource === resource && one.id === id && one.version === version);
      faults.push(
        `lost: ${key}, told to be version ${version} of ${resource}/${id}; there is ${JSON.stringify(there)}`,
      );
    }
    if (change === undefined) continue;
    if (change.resource !== resource || change.id !== id || change.version !== version || !isKept)
      faults.push(`${key} was told to be version ${version} of ${resource}/${id}; it is ${JSON.stringify(change)}`);
  }
  return faults;
}

/** What is wrong with what one reader was told; a reset covers everything up to its place. */
export function faultsOfReader({ changes, resets }: FollowedChanges, log: readonly Change[]): string[] {
  const told = changes.map(({ seq }) => seq);
  const known = new Set(told);
  const covered = Math.max(0, ...resets.map(seqOf));
  return [
    ...told.filter((seq, index) => seq <= (told[index - 1] ?? 0)).map((seq) => `place ${seq} was told again or late`),
    ...log.filter(({ seq }) => seq > covered && !known.has(seq)).map(({ seq }) => `place ${seq} was never told`),
  ];
}
