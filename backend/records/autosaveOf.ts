import { refuseOption, refuseUnknownOptions } from '../options.ts';

/** When an open form of the panel saves by itself. */
export interface AutosaveOptions {
  /** Milliseconds without a key, 800 to 3,000. */
  readonly afterMs: number;
}

/** Checks the option; null when forms wait for somebody to press Save. */
export function autosaveOf(of: string, autosave: AutosaveOptions | false = false): AutosaveOptions | null {
  if (autosave === false) return null;
  if (typeof autosave !== 'object' || autosave === null)
    refuseOption(of, 'autosave', 'false or { afterMs }, such as { afterMs: 1000 }', autosave);
  refuseUnknownOptions(`${of} autosave`, autosave, ['afterMs']);
  const { afterMs } = autosave;
  // Sooner is a save for every word; later, and people leave before it.
  if (!Number.isInteger(afterMs) || afterMs < 800 || afterMs > 3000)
    refuseOption(of, 'autosave.afterMs', 'a whole number of milliseconds from 800 to 3,000', afterMs);
  return { afterMs };
}
