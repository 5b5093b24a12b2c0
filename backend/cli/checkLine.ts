/** How one point of the checklist stands. */
export interface CheckLine {
  readonly state: 'ok' | 'warning' | 'failed';
  readonly what: string;
  readonly found: string;
  /** What to do; none where all is well. */
  readonly advice?: string;
}

/** A line that is well. */
export function ok(what: string, found: string): CheckLine {
  return { state: 'ok', what, found };
}

/** A line that somebody should look at. */
export function warning(what: string, found: string, advice: string): CheckLine {
  return { state: 'warning', what, found, advice };
}

/** A line with which a server does not run, or not as promised. */
export function failed(what: string, found: string, advice: string): CheckLine {
  return { state: 'failed', what, found, advice };
}

/** A line of a check that threw: what it said, without what it was given. */
export function failedBy(what: string, error: unknown, advice: string): CheckLine {
  const { cause, message } = error instanceof Error ? error : { cause: undefined, message: String(error) };
  return failed(what, cause instanceof Error ? `${message} (${cause.message})` : message, advice);
}
