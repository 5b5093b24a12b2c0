/** Bytes of everything that is kept; above, what was made first goes first. */
const maxBytes = 16_777_216;
/** How long something is kept that was made and not asked for again. */
const keptMs = 5_000;

/** What is kept, the oldest first, with its bytes. */
const kept = new Map<() => void, number>();
let total = 0;
let timer: NodeJS.Timeout | null = null;

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
    keep(forget, typeof made === 'string' ? made.length * 2 : made.length);
    return made;
  };
}

function keep(forget: () => void, bytes: number): void {
  kept.set(forget, bytes);
  total += bytes;
  timer ??= setTimeout(forgetAll, keptMs).unref();
  for (const [oldest, its] of kept) {
    if (total <= maxBytes) return;
    kept.delete(oldest);
    total -= its;
    oldest();
  }
}

function forgetAll(): void {
  timer = null;
  total = 0;
  for (const forget of kept.keys()) forget();
  kept.clear();
}
