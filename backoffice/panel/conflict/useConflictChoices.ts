/** What a person has chosen so far, field by field. */
import { useEffect, useRef, useState } from 'react';
import type { JsonValue } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import type { Conflict } from '../../../shared/receipt.ts';

/** Which version of a field stays; `edited` is a text made from one of them. */
export type ConflictChoice = 'mine' | 'theirs' | 'original' | 'edited';

/** A choice, and the two versions between which it was made. */
interface Made {
  readonly choice: ConflictChoice;
  readonly mine: JsonValue | undefined;
  readonly theirs: JsonValue | undefined;
}

/** What `useConflictChoices` gives. */
export interface ConflictChoices {
  readonly choices: ReadonlyMap<string, ConflictChoice>;
  /** The fields that a colleague has changed once more since the dialog stands. */
  readonly changedAgain: ReadonlySet<string>;
  readonly choose: (conflicts: readonly Conflict[], choice: ConflictChoice) => void;
}

/** A choice between versions that are no longer the ones shown does not count. */
export function useConflictChoices(conflicts: readonly Conflict[]): ConflictChoices {
  const [made, setMade] = useState<ReadonlyMap<string, Made>>(new Map());
  const [changedAgain, setChangedAgain] = useState<ReadonlySet<string>>(new Set());
  const shown = useRef(new Map<string, JsonValue | undefined>());
  useEffect(() => {
    const known = shown.current;
    const changed = conflicts.filter(({ path, theirs }) => known.has(path) && !jsonEquals(known.get(path), theirs));
    for (const { path, theirs } of conflicts) known.set(path, theirs);
    if (changed.length > 0) setChangedAgain((paths) => new Set([...paths, ...changed.map(({ path }) => path)]));
  }, [conflicts]);
  const choices = new Map(
    conflicts.flatMap(({ path, mine, theirs }): readonly [string, ConflictChoice][] => {
      const last = made.get(path);
      return last && jsonEquals(last.mine, mine) && jsonEquals(last.theirs, theirs) ? [[path, last.choice]] : [];
    }),
  );
  const choose = (chosen: readonly Conflict[], choice: ConflictChoice) => {
    const next = chosen.map(({ path, mine, theirs }) => [path, { choice, mine, theirs }] as const);
    setMade((before) => new Map([...before, ...next]));
    setChangedAgain((paths) => new Set([...paths].filter((path) => !chosen.some((one) => one.path === path))));
  };
  return { choices, changedAgain, choose };
}
