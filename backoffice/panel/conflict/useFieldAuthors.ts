import { useEffect, useState } from 'react';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import { usePanelServices } from '../data/usePanelServices.ts';
import type { FieldAuthor } from '../form/createMergeNews.ts';

const nobody: ReadonlyMap<string, FieldAuthor> = new Map();

/**
 * Who changed each field of a record last, as far as it was told live since the screen is open.
 *
 * The marks of the form say less: a colleague who saves just what the form holds puts no mark on it.
 */
export function useFieldAuthors(resource: string, id: string): ReadonlyMap<string, FieldAuthor> {
  const { live } = usePanelServices();
  const [authors, setAuthors] = useState(nobody);
  useEffect(
    () =>
      live.subscribeChanges(({ resource: changed, id: changedId, actor, at, before, record }) => {
        if (changed !== resource || changedId !== id || record === null) return;
        // Of both: a field that was taken away is in the record no more.
        const all = new Set([...Object.keys(before ?? {}), ...Object.keys(record)]);
        const names = [...all].filter((name) => !jsonEquals(before?.[name], record[name]));
        setAuthors((known) => new Map([...known, ...names.map((name) => [name, { by: actor.name, at }] as const)]));
      }),
    [id, live, resource],
  );
  return authors;
}
