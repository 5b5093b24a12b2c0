import type { JsonObject } from '../../../shared/json.ts';

/** What the public sees of a record that is published by hand. */
export type Publication = 'draft' | 'published' | 'modified';

/** Draft: never published or taken back. Modified: the public sees an older version than the one that is stored. */
export function publication(record: JsonObject): Publication {
  const { publishedVersion, version } = record;
  if (typeof publishedVersion !== 'number') return 'draft';
  return typeof version === 'number' && publishedVersion < version ? 'modified' : 'published';
}
