import { expect, test } from 'vitest';
import { applyJsonPatch, type JsonValue } from 'backoffice-sync/merge';
import { deepFreeze } from './deepFreeze.ts';
import { readCorpus } from './readCorpus.ts';

interface PatchCase {
  readonly doc: JsonValue;
  readonly patch: JsonValue;
  readonly expected?: JsonValue;
  readonly error?: boolean;
}

test.each(readCorpus<PatchCase>('json-patch.json'))('a JSON Patch follows RFC 6902: $name', (entry) => {
  const result = applyJsonPatch(deepFreeze(entry.doc), deepFreeze(entry.patch));
  if (entry.error === true) expect(result.ok).toBe(false);
  else expect(result).toEqual({ ok: true, value: entry.expected });
});
