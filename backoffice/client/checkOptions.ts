import { nearestName } from '../../shared/nearestName.ts';
import { SyncError } from '../../shared/problem.ts';

/**
 * Refuses options that nobody reads, which are misspelt ones.
 *
 * Errors  OPTION_UNKNOWN, with the nearest known name
 */
export function checkOptions(options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const hint = nearest ? `Did you mean "${nearest}"?` : `Known: ${known.join(', ')}.`;
    throw new SyncError('OPTION_UNKNOWN', `There is no option "${name}". ${hint}`);
  }
}
