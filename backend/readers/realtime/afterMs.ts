/** Calls back once after so many milliseconds; the returned function takes that back. */
export function afterMs(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
}
