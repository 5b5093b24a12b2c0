/** Where a walk through a record stands, as a chain to the top instead of a text. */
import { escapeToken, formatKeyToken } from './pointer.ts';

/** One step from the top of a record; the pointer's text is only made when somebody asks for it. */
export interface PathStep {
  /** The step above; absent only at the top. */
  readonly parent: PathStep | undefined;
  /** Member name, index, or the key of a list's item when `field` is given. */
  readonly name: string | number;
  /** The key field of the list in which this step is an item. */
  readonly field: string | undefined;
  /** The pointer, once it was asked for; the top starts with ''. */
  path: string | undefined;
}

/**
 * The JSON Pointer of a step.
 *
 * Limits  linear in depth over all steps of a chain: each text extends its parent's and is kept
 */
export function pathOf(step: PathStep): string {
  const missing: PathStep[] = [];
  let known: PathStep | undefined = step;
  while (known !== undefined && known.path === undefined) {
    missing.push(known);
    known = known.parent;
  }
  let path = known?.path ?? '';
  for (let next = missing.pop(); next !== undefined; next = missing.pop()) {
    path = `${path}/${escapeToken(tokenOf(next))}`;
    next.path = path;
  }
  return path;
}

/** The step's own token, unescaped: `role`, `3` or `[id=m1]`. */
export function tokenOf(step: Pick<PathStep, 'name' | 'field'>): string {
  return step.field === undefined ? String(step.name) : formatKeyToken(step.field, String(step.name));
}
