import { useCallback, useState } from 'react';
import type { Goal } from './goals.tsx';

/** The fields that are edited here. */
export type GoalFields = Pick<Goal, 'name' | 'description' | 'progress' | 'status' | 'due_on'>;

type Field = keyof GoalFields;
type Touched = { readonly [Name in Field]?: { readonly value: Goal[Name]; readonly base: Goal[Name] } };

/** What is typed and not saved. */
export interface GoalDraft {
  /** The goal with what was typed over it: fields that nobody touched here follow what others save. */
  readonly shown: Goal;
  /** What a save has to send. */
  readonly changed: Partial<GoalFields>;
  /** The goal as it was where it was edited: what the save is based on. */
  readonly base: Goal;
  readonly type: <Name extends Field>(name: Name, value: Goal[Name]) => void;
  /** What was sent is stored: it is the base of what was typed since. */
  readonly stored: (sent: Partial<GoalFields>) => void;
}

/** Keeps what is typed into a goal, field by field, apart from what the server says. */
export function useGoalDraft(goal: Goal): GoalDraft {
  const [touched, setTouched] = useState<Touched>({});
  const names = Object.keys(touched) as Field[];
  const part = (of: 'value' | 'base', among: readonly Field[]) =>
    Object.fromEntries(among.map((name) => [name, touched[name]?.[of]]));
  const changed = names.filter((name) => touched[name]?.value !== goal[name]);
  return {
    shown: { ...goal, ...part('value', names) },
    changed: part('value', changed),
    base: { ...goal, ...part('base', changed) },
    type: (name, value) =>
      setTouched((before) => ({ ...before, [name]: { value, base: (before[name] ?? { base: goal[name] }).base } })),
    stored: useCallback((sent: Partial<GoalFields>) => {
      setTouched((before) =>
        Object.fromEntries(
          (Object.entries(before) as [Field, { value: unknown; base: unknown }][]).flatMap(([name, one]) => {
            if (!(name in sent)) return [[name, one]];
            return one.value === sent[name] ? [] : [[name, { value: one.value, base: sent[name] }]];
          }),
        ),
      );
    }, []),
  };
}
