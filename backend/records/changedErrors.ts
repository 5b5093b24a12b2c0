import type { JsonObject } from '../../shared/json.ts';
import { getAt, jsonEquals } from '../../shared/merge/index.ts';
import type { FieldError } from '../../shared/problem.ts';
import type { Validation } from './standardSchema.ts';

/**
 * The errors of a merged record that a save has to answer for: those at values that it changed, and those that the stored
 * record does not have.
 *
 * A tightened schema must not lock old records, so an error that was there before at an untouched field is none of this
 * save's. A field that the save removed is touched, and an error of the whole record (the path `''`) counts as soon as
 * anything differs. `judgeStored` is asked only when it matters: a rule over two fields names one of them and may be broken by the other.
 */
export async function changedErrors(
  errors: readonly FieldError[],
  sides: { readonly merged: JsonObject; readonly current: JsonObject },
  judgeStored: () => Promise<Validation>,
): Promise<readonly FieldError[]> {
  if (errors.every((error) => isTouched(error, sides))) return errors;
  const stored = await judgeStored();
  const before = stored.ok ? [] : stored.errors;
  return errors.filter(
    (error) => isTouched(error, sides) || !before.some((old) => old.path === error.path && old.code === error.code),
  );
}

function isTouched({ path }: FieldError, { merged, current }: { merged: JsonObject; current: JsonObject }): boolean {
  const mine = getAt(merged, path);
  const theirs = getAt(current, path);
  // Absent and null are alike for a schema's default, but taking a value away is a change.
  if (mine === undefined) return theirs !== undefined;
  return !jsonEquals(mine, theirs ?? null);
}
