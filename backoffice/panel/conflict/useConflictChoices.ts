/** What a person has chosen so far, field by field. */
import { useEffect, useRef, useState } from 'react';
import type { JsonValue } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { Conflict } from '../../../shared/receipt.ts';

/** Which version of a field stays; `both` is a text with the changes of both, `edited` one made from a version. */
export type ConflictChoice = 'mine' | 'theirs' | 'original' | 'both' | 'edited';

/** Why somebody has to look at a field again; the dictionaries have a sentence for each. */
export type ConflictNews = 'changedAgain' | 'changedAgainKept' | 'typedOn';

/** A choice, and the two versions between which it was made. */
interface Made {
  readonly choice: ConflictChoice;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
}

/** What belongs to one refused save, which `session` is; the next one starts without it. */
interface Memory {
  readonly session: object | null;
  readonly made: ReadonlyMap<string, Made>;
  /** The fields that a colleague has saved again since the choice. */
  readonly changed: ReadonlySet<string>;
}

/** What `useConflictChoices` gives; all of it by the pointer of the conflict. */
export interface ConflictChoices {
  /** The choices that count: made between the versions that are shown. */
  readonly choices: ReadonlyMap<string, ConflictChoice>;
  /** The fields whose result somebody has begun to write; its input stays whatever becomes of the choice. */
  readonly editing: ReadonlySet<string>;
  readonly news: ReadonlyMap<string, ConflictNews>;
  readonly choose: (conflicts: readonly Conflict[], choice: ConflictChoice) => void;
}

/**
 * A choice between versions that are no longer the ones shown does not count: somebody has to look again. Only “mine” goes on
 * to count while its author types on, since it means whatever is in the form.
 */
export function useConflictChoices(session: object | null, conflicts: readonly Conflict[]): ConflictChoices {
  const [memory, setMemory] = useState<Memory>(() => forget(session));
  const { made, changed } = memory.session === session ? memory : forget(session);
  const shown = useRef({ session, theirs: new Map<string, JsonValue | undefined>() });
  useEffect(() => {
    if (shown.current.session !== session) shown.current = { session, theirs: new Map() };
    const known = shown.current.theirs;
    const again = conflicts.filter(({ path, theirs }) => known.has(path) && !jsonEquals(known.get(path), theirs));
    for (const { path, theirs } of conflicts) known.set(path, theirs);
    if (again.length === 0) return;
    setMemory((before) => {
      const kept = before.session === session ? before : forget(session);
      return { ...kept, changed: new Set([...kept.changed, ...again.map(({ path }) => path)]) };
    });
  }, [conflicts, session]);

  const choices = new Map<string, ConflictChoice>();
  const editing = new Set<string>();
  const news = new Map<string, ConflictNews>();
  for (const { path, mine, theirs } of conflicts) {
    const last = made.get(path);
    if (last?.choice === 'edited') editing.add(path);
    if (changed.has(path)) news.set(path, editing.has(path) ? 'changedAgainKept' : 'changedAgain');
    if (last === undefined || !jsonEquals(last.theirs, theirs)) continue;
    if (last.choice === 'mine' || jsonEquals(last.mine, mine)) choices.set(path, last.choice);
    else if (!news.has(path)) news.set(path, 'typedOn');
  }
  const choose = (chosen: readonly Conflict[], choice: ConflictChoice) => {
    const next = chosen.map(({ path, mine, theirs }) => [path, { choice, mine, theirs }] as const);
    setMemory((before) => {
      const kept = before.session === session ? before : forget(session);
      return {
        session,
        made: new Map([...kept.made, ...next]),
        changed: new Set([...kept.changed].filter((path) => !chosen.some((one) => one.path === path))),
      };
    });
  };
  return { choices, editing, news, choose };
}

function forget(session: object | null): Memory {
  return { session, made: new Map(), changed: new Set() };
}
