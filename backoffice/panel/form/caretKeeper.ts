import type { JsonValue } from '../../../shared/json.ts';
import { loadUntilThere } from '../feedback/lazyPart.ts';

/** Shows values that came from elsewhere in a form, and keeps the caret where it is. */
type KeepCaret = (values: () => JsonValue, show: () => void) => void;

let keep: KeepCaret = (_values, show) => show();
let loading: Promise<void> | undefined;

/**
 * `keepCaret`, fetched after the first form stands: nobody's change arrives before that. Until it is there values are shown
 * all the same.
 */
export const caretKeeper = {
  keep: (values: () => JsonValue, show: () => void): void => keep(values, show),
  load: (): Promise<void> =>
    (loading ??= loadUntilThere(() => import('./keepCaret.ts')).then((module) => {
      keep = module.keepCaret;
    })),
};
