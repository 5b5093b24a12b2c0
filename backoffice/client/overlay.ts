import { deepmergeCustom } from 'deepmerge-ts';
import type { JsonObject } from '../../shared/json.ts';

// Lists are values here: joining them would send items twice.
const mergeObjects = deepmergeCustom({ mergeArrays: false });

/** Puts the members of `over` on `under`, at every depth of objects; neither is changed. */
export function overlay(under: JsonObject, over: JsonObject): JsonObject {
  return mergeObjects(under, over);
}
