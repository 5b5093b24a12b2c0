import type { CommitOutcome, Write } from './store.ts';

/**
 * For each write of a batch, the earlier ones of the same batch and record that would make the version which it expects.
 *
 * A write was made on top of these. When none of them goes through, the version may exist all the same, made by another
 * process and with another content: a store that compared the number alone would put this write over that save.
 */
export function foundations(batch: readonly Write[]): readonly (readonly number[])[] {
  const makers = new Map<string, number[]>();
  return batch.map((write, index) => {
    if (!('expectedVersion' in write)) return [];
    const { resource, id, version } = write.entry;
    const name = (of: number) => JSON.stringify([resource, id, of]);
    const below = makers.get(name(write.expectedVersion)) ?? [];
    makers.set(name(version), [...(makers.get(name(version)) ?? []), index]);
    return below;
  });
}

/** True for a write that stands on others of its batch of which none was committed. */
export function isUnfounded(below: readonly (CommitOutcome | null | undefined)[]): boolean {
  return below.length > 0 && below.every((outcome) => outcome?.status !== 'committed');
}
