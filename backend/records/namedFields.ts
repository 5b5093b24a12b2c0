import { isJsonObject, type JsonValue } from '../../shared/json.ts';
import { parsePointer } from '../../shared/merge/index.ts';
import type { SaveBody } from './saveRequest.ts';

/** The top-level fields that a body wants to set; a whole record of an older version names none by itself. */
export function namedFields(body: SaveBody): readonly string[] {
  switch (body.kind) {
    case 'fields':
      return Object.keys(body.fields);
    case 'mergePatch':
      return Object.keys(body.patch);
    case 'jsonPatch':
      return operationFields(body.operations);
    case 'whole':
    case 'none':
      return [];
  }
}

function operationFields(operations: JsonValue): readonly string[] {
  if (!Array.isArray(operations)) return [];
  return (operations as readonly JsonValue[]).flatMap((operation) => {
    if (!isJsonObject(operation) || operation['op'] === 'test' || operation['op'] === 'remove') return [];
    const path = operation['path'];
    const first = typeof path === 'string' ? parsePointer(path)?.[0] : undefined;
    return first ? [first] : [];
  });
}
