/** The places of the newest messages of one user, room or scope, in the order of the log. */
export interface RecentPlaces {
  /** Adds the newest place; true when that pushed the oldest one out. */
  push(seq: number): boolean;
  /** False for a place that at least as many newer ones as the limit have pushed out. */
  isAmongNewest(seq: number): boolean;
  /** Forgets places up to one, and says how many are left. */
  forgetUpTo(seq: number): number;
  /** How many are not pushed out. */
  readonly size: number;
}

/** Keeps the newest places, at most twice `limit` of them in memory. */
export function createRecentPlaces(limit: number): RecentPlaces {
  const seqs: number[] = [];
  /** The last place that was let go of for newer ones: without it a short list would look as if nothing had been pushed out. */
  let pushedOutUpTo = 0;
  return {
    push(seq) {
      seqs.push(seq);
      const isFull = seqs.length > limit;
      if (isFull) pushedOutUpTo = seqs[seqs.length - limit - 1] as number;
      // Twice the limit before anything moves, so that a place is moved once and not at every push.
      if (seqs.length > limit * 2) seqs.splice(0, seqs.length - limit);
      return isFull;
    },
    isAmongNewest: (seq) => seq > pushedOutUpTo,
    forgetUpTo(seq) {
      const first = seqs.findIndex((one) => one > seq);
      seqs.splice(0, first === -1 ? seqs.length : first);
      return seqs.length;
    },
    get size() {
      return Math.min(seqs.length, limit);
    },
  };
}
