import type { JsonObject } from '../../shared/json.ts';
import { getAt, jsonEquals } from '../../shared/merge/index.ts';
import type { FieldError } from '../../shared/problem.ts';

/**
 * The errors of a merged record that a save has to answer for: those at values that differ from the stored record.
 *
 * A tightened schema must not lock old records, so an error at an untouched field is none of this save's. A field that the
 * save removed is touched, and an error of the whole record (the path `''`) counts as soon as anything differs.
 */
export function changedErrors(
  errors: readonly FieldError[],
  merged: JsonObject,
  current: JsonObject,
): readonly FieldError[] {
  return errors.filter(({ path }) => {
    const mine = getAt(merged, path);
    const theirs = getAt(current, path);
    // Absent and null are alike for a schema's default, but taking a value away is a change.
    if (mine === undefined) return theirs !== undefined;
    return !jsonEquals(mine, theirs ?? null);
  });
}
