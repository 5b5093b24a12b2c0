/**
 * What others changed in a record while somebody had unsaved work in it: told once, after the save that kept both.
 *
 *     quiet ──note──► noted ──tell──► told ──clear (the next edit)──► quiet
 *
 * An answer shows what became of the record but not who did it. The change itself, which says who, may come after the answer,
 * and is then older than what is shown; it only adds the name.
 */
import type { Change } from '../../../shared/change.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';

/** Who changed a field, and when. */
export interface FieldAuthor {
  readonly by: string;
  readonly at: string;
}

/** The fields that one person changed; `by` is null while nobody knows who it was. */
export interface KeptChange {
  readonly by: string | null;
  readonly names: readonly string[];
}

/** The news of one open form. Names are those of the fields at the top of the record. */
export interface MergeNews {
  /** Notes fields that show what somebody else saved. Without an author, the newest version known before says what to wait for. */
  note(names: readonly string[], author: FieldAuthor | { readonly sinceVersion: number }): void;
  /** Takes a change that is older than what the form shows; answers the fields whose author it tells. */
  attribute(change: Pick<Change, 'actor' | 'at' | 'before' | 'record' | 'version'>): ReadonlyMap<string, FieldAuthor>;
  /** Says everything that was noted, from now until it is cleared. */
  tell(): void;
  clear(): void;
  /** What is said at the moment; the same list while nothing changes. */
  told(): readonly KeptChange[];
}

const nothing: readonly KeptChange[] = [];

/** Starts without news. */
export function createMergeNews(): MergeNews {
  const authors = new Map<string, FieldAuthor | null>();
  const waiting = new Map<string, number>();
  let isTold = false;
  let told = nothing;
  const group = () => {
    if (!isTold || authors.size === 0) return nothing;
    const byAuthor = new Map<string | null, string[]>();
    for (const [name, author] of authors) {
      const by = author?.by ?? null;
      byAuthor.set(by, [...(byAuthor.get(by) ?? []), name]);
    }
    return [...byAuthor].map(([by, names]) => ({ by, names }));
  };
  return {
    note(names, author) {
      for (const name of names) {
        if ('by' in author) {
          authors.set(name, author);
          waiting.delete(name);
        } else {
          authors.set(name, null);
          waiting.set(name, author.sinceVersion);
        }
      }
    },
    attribute({ actor, at, before, record, version }) {
      const found = new Map<string, FieldAuthor>();
      for (const [name, since] of waiting) {
        if (version <= since || jsonEquals(before?.[name], record?.[name])) continue;
        const author = { by: actor.name, at };
        found.set(name, author);
        if (authors.has(name)) authors.set(name, author);
      }
      if (found.size > 0) told = group();
      return found;
    },
    tell() {
      isTold = authors.size > 0;
      told = group();
    },
    clear() {
      authors.clear();
      isTold = false;
      told = nothing;
    },
    told: () => told,
  };
}
