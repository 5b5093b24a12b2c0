/** Runs what belongs to one record one after the other, and different records at once. */
export type RecordTurns = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Makes the turns of one receiver; a key costs nothing once nobody waits for it. */
export function createRecordTurns(): RecordTurns {
  const last = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const before = last.get(key) ?? Promise.resolve();
    // One that failed has told whoever sent it; the next one starts all the same.
    const turn = before.then(task, task);
    last.set(key, turn);
    const leave = (): void => {
      if (last.get(key) === turn) last.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  };
}
