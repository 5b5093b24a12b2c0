/** The fields that collide while people decide about others: found here, so that the next save does not ask once more. */
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { merge } from '../../../shared/merge/index.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import { getAt } from '../../../shared/merge/pointer.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { fieldAt } from '../form/fieldAt.ts';
import { savePayload } from '../form/savePayload.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import { joinLines } from './joinLines.ts';

/**
 * The collisions of what the form holds with what was stored since the refused save, apart from those that are known; who made them is not known here.
 *
 * The panel does not know which lists a resource keys or which texts it merges by line, so a collision that the server may be
 * able to merge is left to the server: asking without a need is worse than asking a little later.
 */
export function findCollisions(
  recordForm: Pick<RecordForm, 'bases' | 'values'>,
  fields: readonly FieldDescription[],
  known: readonly Conflict[],
  /** The record that the refused save was compared with: what collided then was told then. */
  since: JsonObject,
): readonly Conflict[] {
  const { bases, values } = recordForm;
  const stored = bases.stored();
  const edited = fields.filter(({ name, class: kind }) => kind === undefined && bases.dirty().has(name));
  const based = new Map(edited.map(({ name }) => [name, bases.baseOf(name)] as const));
  const { data, base, unset } = savePayload(edited, values(), based);
  const theirs = Object.fromEntries(
    edited.flatMap(({ name }): readonly [string, JsonValue][] => {
      const value = stored[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const { conflicts } = merge({ base, mine: data, theirs, unset });
  return conflicts
    .filter(({ path }) => !known.some((one) => isWithin(one.path, path) || isWithin(path, one.path)))
    .filter(({ path }) => !jsonEquals(getAt(since, path) ?? null, getAt(stored, path) ?? null))
    .filter((conflict) => !mayMerge(fieldAt(fields, conflict.path), conflict))
    .map((conflict) => ({ ...conflict, author: null, at: null }));
}

function mayMerge(
  field: FieldDescription | undefined,
  { base, mine, theirs }: Pick<Conflict, 'base' | 'mine' | 'theirs'>,
): boolean {
  if ([base, mine, theirs].some(Array.isArray)) return field?.kind !== 'texts';
  if (typeof base !== 'string' || typeof mine !== 'string' || typeof theirs !== 'string') return false;
  return base.includes('\n') && joinLines({ base, mine, theirs })?.collides !== true;
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}
