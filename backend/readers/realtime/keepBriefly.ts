/** Bytes of everything that is written and kept; above, what was made first goes first. */
const maxWrittenBytes = 16_777_216;
/** How long something is kept that was made and not asked for again. */
const keptMs = 5_000;

/** What is kept for moments, and goes when there is too much of it, the oldest first, or when the moments are over. */
export interface BriefMemory {
  /** Counts something as kept; `forget` is called once, when it has to go. */
  keep(forget: () => void, bytes: number): void;
}

/** Makes a memory of its own. */
export function createBriefMemory({ maxBytes }: { readonly maxBytes: number }): BriefMemory {
  const kept = new Map<() => void, number>();
  let total = 0;
  let timer: NodeJS.Timeout | null = null;

  function forgetAll(): void {
    timer = null;
    total = 0;
    const all = [...kept.keys()];
    kept.clear();
    for (const forget of all) forget();
  }

  return {
    keep(forget, bytes) {
      kept.set(forget, bytes);
      total += bytes;
      timer ??= setTimeout(forgetAll, keptMs).unref();
      for (const [oldest, its] of kept) {
        if (total <= maxBytes) return;
        kept.delete(oldest);
        total -= its;
        oldest();
      }
    },
  };
}

const written = createBriefMemory({ maxBytes: maxWrittenBytes });

/**
 * Something that is costly to make and long, made anew when it was forgotten.
 *
 * What is written hangs on entries of the log, which stay in memory as long as the log likes; the many readers who share it
 * want it within moments of each other.
 */
export function keepBriefly<Value extends string | Buffer>(make: () => Value): () => Value {
  let value: Value | null = null;
  const forget = (): void => {
    value = null;
  };
  return () => {
    if (value !== null) return value;
    const made = make();
    value = made;
    written.keep(forget, typeof made === 'string' ? made.length * 2 : made.length);
    return made;
  };
}
