/** The saves that somebody wants to go on with, on the way from the list of saves to the screen of the record. */
const wanted = new Set<string>();
const listeners = new Set<() => void>();

/** An external store of the ids of saves; it changes only by growing and by what was taken. */
export const wantedSaves = {
  want: (id: string): void => {
    wanted.add(id);
    for (const listener of listeners) listener();
  },
  /** True once for each wish. */
  take: (id: string): boolean => wanted.delete(id),
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  count: (): number => wanted.size,
};
