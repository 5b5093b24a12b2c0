import { canonicalJson } from '../../shared/canonicalJson.ts';
import type { Actor } from '../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { Resource } from './defineResource.ts';
import { inspectJson } from './inspectJson.ts';

/**
 * A record with the fields that the resource computes, made anew from what is about to be stored.
 *
 * Errors  INTERNAL when a function throws or gives what is no JSON; then nothing is stored
 */
export function computeServerFields(
  resource: Resource,
  record: JsonObject,
  from: { readonly before: JsonObject | null; readonly actor: Actor },
): JsonObject {
  const names = Object.keys(resource.server);
  if (names.length === 0) return record;
  const computed: Record<string, JsonValue> = { ...record };
  for (const name of names) {
    const value = compute(resource, name, { record, ...from });
    if (value === undefined) delete computed[name];
    else computed[name] = value;
  }
  return computed;
}

function compute(
  resource: Resource,
  name: string,
  context: { readonly record: JsonObject; readonly before: JsonObject | null; readonly actor: Actor },
): JsonValue | undefined {
  try {
    const value = resource.server[name]?.(context);
    if (value === undefined) return undefined;
    inspectJson(value, 64);
    // Through text, so that a Date or a class becomes what will be read back.
    return JSON.parse(canonicalJson(value)) as JsonValue;
  } catch (cause) {
    // No SyncError: its words are for the log, and the client learns that something went wrong here.
    throw new Error(`The field "${name}" of "${resource.name}" could not be computed.`, { cause });
  }
}
