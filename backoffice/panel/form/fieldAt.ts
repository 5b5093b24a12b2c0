import { parsePointer } from '../../../shared/merge/pointer.ts';
import type { FieldDescription } from '../../../shared/resource.ts';

/**
 * The field that a pointer of the server is about, also inside a group or an item of a list.
 *
 * Shape   a token that names an item (`0`, `[id=m1]`) has no field of its own; undefined when nothing describes the place
 */
export function fieldAt(fields: readonly FieldDescription[], pointer: string): FieldDescription | undefined {
  let known = fields;
  let found: FieldDescription | undefined;
  for (const token of parsePointer(pointer) ?? []) {
    if (found?.kind === 'list' && /^(\[.*\]|\d+)$/s.test(token)) continue;
    found = known.find((field) => field.name === token);
    if (found === undefined) return undefined;
    known = found.fields ?? [];
  }
  return found;
}
