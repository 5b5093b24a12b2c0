import { nearestName } from '../shared/nearestName.ts';
import { SyncError } from '../shared/problem.ts';

/**
 * Refuses an option that is not known, at start-up, and names the nearest known one.
 *
 * Errors  OPTION_UNKNOWN
 */
export function refuseUnknownOptions(of: string, given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    throw new SyncError(
      'OPTION_UNKNOWN',
      `${of} does not know the option "${name}". ${nearest ? `Did you mean "${nearest}"? ` : ''}Known: ${known.join(', ')}.`,
    );
  }
}

/** Refuses an option whose value is not possible, and shows the value that came. */
export function refuseOption(of: string, option: string, expected: string, came: unknown): never {
  const shown = typeof came === 'function' ? 'a function' : JSON.stringify(came);
  throw new SyncError('OPTION_INVALID', `${of}: "${option}" has to be ${expected}; ${shown} came.`);
}
