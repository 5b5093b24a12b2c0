/** Calls that no worker makes, in lines of one endpoint and record each. */
export interface CallLines {
  /** Runs a step when those that stand before it in the line have ended. Rejects as it does. */
  run<Result>(endpoint: string, record: string, step: () => Promise<Result>): Promise<Result>;
  /** True when somebody stands in the line. */
  isBusy(endpoint: string, record: string): boolean;
  /** Resolves when nobody stands in a line of the endpoint; null when that is so now. */
  drained(endpoint: string): Promise<void> | null;
}

/** Creates the lines of a process: one call of a record at a time, as a worker would make them. */
export function createCallLines(): CallLines {
  const lines = new Map<string, Map<string, Promise<unknown>>>();

  async function drain(endpoint: string): Promise<void> {
    for (let of = lines.get(endpoint); of !== undefined; of = lines.get(endpoint))
      await Promise.allSettled(of.values());
  }

  return {
    async run(endpoint, record, step) {
      const of = lines.get(endpoint) ?? new Map<string, Promise<unknown>>();
      lines.set(endpoint, of);
      const turn = (of.get(record) ?? Promise.resolve()).then(step, step);
      of.set(record, turn);
      try {
        return await turn;
      } finally {
        if (of.get(record) === turn) of.delete(record);
        if (of.size === 0 && lines.get(endpoint) === of) lines.delete(endpoint);
      }
    },
    isBusy: (endpoint, record) => lines.get(endpoint)?.has(record) ?? false,
    drained: (endpoint) => (lines.has(endpoint) ? drain(endpoint) : null),
  };
}
