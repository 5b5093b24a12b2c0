/** The platform's `AbortSignal` where its types are known. */
export type HandlingSignal = typeof globalThis extends { AbortSignal: { prototype: infer S } }
  ? S
  : { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void): void };

/** What a handler is given beside what it is about. */
export interface Handling {
  /** Aborted when the time of the handler is over: what it does from then on would be put over something newer. Give it to `fetch`. */
  readonly signal: HandlingSignal;
}

/**
 * Refuses to go on where the turn is over: somebody else has had it, and what is newer may be applied by now.
 *
 * To be asked after each wait, right before what would be put over it.
 *
 * Errors  an Error, which nobody hears: the call was refused when its time was over
 */
export function refuseLate({ signal }: Handling): void {
  if (signal.aborted) throw new Error('The turn of this call is over.');
}

/** How long a handler of a site may take. */
export interface TimeLimit {
  readonly limitMs: number;
  /** What took too long, and which option says how long that is. */
  readonly words: string;
}

/**
 * Runs something for so long and no longer: then it is refused, and its signal is aborted.
 *
 * Errors  those of the task; an Error with the words when its time is over
 */
export async function withinTime<T>(
  { limitMs, words }: TimeLimit,
  task: (handling: Handling) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  let stop = (): void => undefined;
  const over = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`${words} The limit is ${limitMs} ms.`));
      ending.abort();
    }, limitMs);
    stop = () => clearTimeout(timer);
  });
  try {
    return await Promise.race([task({ signal: ending.signal as HandlingSignal }), over]);
  } finally {
    stop();
  }
}
