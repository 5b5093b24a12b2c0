/** What a list shows, kept in its address: `?q=camille&sort=-name`. */
import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** The question in the address, and how to ask another. */
export interface ListAddress {
  readonly search: string;
  /** A field, with a minus sign before it for the other direction; '' is the server's own order. */
  readonly sort: string;
  readonly setSearch: (text: string) => void;
  /** Sorts by a field: up, then down, then as the server does. */
  readonly toggleSort: (field: string) => void;
}

/** Reads and writes the address of the list. */
export function useListAddress(): ListAddress {
  const [params, setParams] = useSearchParams();
  const sort = params.get('sort') ?? '';
  const set = useCallback(
    (name: string, value: string) =>
      setParams(
        (known) => {
          const next = new URLSearchParams(known);
          if (value === '') next.delete(name);
          else next.set(name, value);
          return next;
        },
        // A search is one place in the history, not one for each key.
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  );
  const toggleSort = useCallback(
    (field: string) => set('sort', sort === field ? `-${field}` : sort === `-${field}` ? '' : field),
    [set, sort],
  );
  const setSearch = useCallback((text: string) => set('q', text), [set]);
  return { search: params.get('q') ?? '', sort, setSearch, toggleSort };
}
