let last = { ms: NaN, text: '' };

/** A moment as ISO 8601. Thousands of calls a second share their milliseconds, and so the text of the last one. */
export function isoTime(ms: number): string {
  if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
  return last.text;
}
