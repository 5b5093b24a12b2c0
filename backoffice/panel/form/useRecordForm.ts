/** The form of one record: the library holds what is typed, `createFieldBases` what it is based on. */
import { useCallback, useContext, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import { useForm, type FieldValues, type UseFormReturn } from 'react-hook-form';
import type { Change } from '../../../shared/change.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import { CarriedEditsContext, openEdits, type CarriedEdits } from './carriedEdits.ts';
import { createFieldBases, type FieldBases, type FieldUpdate } from './createFieldBases.ts';
import { createMergeNews, type KeptChange } from './createMergeNews.ts';
import { focusOpenInput, openInput, type OpenInput } from './openInput.ts';
import { caretKeeper } from './caretKeeper.ts';
import { toFormValues } from './toFormValue.ts';

/** Who changed a field under an open form; `kept` when the form still holds what was typed here. */
export interface FieldMark {
  readonly by: string;
  readonly at: string;
  readonly kept: boolean;
}

/** What `useRecordForm` gives. */
export interface RecordForm {
  readonly form: UseFormReturn;
  readonly bases: FieldBases;
  /** The newest stored record. */
  readonly record: JsonObject;
  readonly dirty: ReadonlySet<string>;
  readonly marks: ReadonlyMap<string, FieldMark>;
  /** What the last save kept of others' changes, until the next edit. */
  readonly kept: readonly KeptChange[];
  readonly values: () => JsonObject;
  /** Shows what was stored elsewhere, in the fields that are not being edited. */
  readonly receive: (record: JsonObject, by?: Change) => void;
  /** Shows what the answer of a save says; `marks` are the fields that it merged. */
  readonly answered: (record: JsonObject, marks: ReadonlyMap<string, FieldMark>) => void;
  /** Takes edits that were typed elsewhere, as if they had been typed here. */
  readonly take: (edits: CarriedEdits['edits']) => void;
  readonly set: (name: string, value: JsonValue) => void;
  /** Goes back to what is stored. */
  readonly discard: () => void;
  /** Counts the saves and discards: what stands half typed beside a value, such as a tag, ends with each. */
  readonly rounds: number;
  /** What is typed and not saved, for the screen that comes after this one. */
  readonly carry: () => CarriedEdits;
  /** Where the person was on the screen before this one; null when this form was opened otherwise. */
  readonly openedAt: OpenInput | null;
}

/** Opens a form on a record as it is stored; `fields` are those that have inputs. */
export function useRecordForm(fields: readonly FieldDescription[], stored: JsonObject): RecordForm {
  const carried = useContext(CarriedEditsContext);
  const [opened] = useState(() => carried?.() ?? null);
  const [rounds, setRounds] = useState(0);
  const [bases] = useState(() => {
    const made = createFieldBases(fields, stored, opened?.edits);
    const send: FieldBases['send'] = (values) => {
      setRounds((count) => count + 1);
      return made.send(values);
    };
    return { ...made, send };
  });
  const [record, setRecord] = useState(stored);
  const [dirty, setDirty] = useState(bases.dirty);
  const [marks, setMarks] = useState<ReadonlyMap<string, FieldMark>>(new Map());
  const [news] = useState(createMergeNews);
  const [kept, setKept] = useState(news.told);
  const [counts, setCounts] = useState<Pick<Change, 'version' | 'counts'> | null>(null);
  const form = useForm<FieldValues>({ defaultValues: { ...shown(fields, stored), ...typed(bases, opened) } });

  const refresh = useCallback(() => {
    setDirty(bases.dirty());
    setRecord(bases.stored());
    setKept(news.told());
  }, [bases, news]);
  const values = useCallback(() => form.getValues() as JsonObject, [form]);

  useEffect(
    () =>
      form.subscribe({
        formState: { values: true },
        callback: (change) => {
          const name = change.name?.split('.')[0];
          const names = name === undefined ? fields.map((field) => field.name) : [name];
          for (const each of names) bases.follow(each, (change.values as JsonObject)[each]);
          // The next edit: what the last save kept has been said.
          if (bases.dirty().size > 0 && news.told().length > 0) news.clear();
          setDirty(bases.dirty());
          setKept(news.told());
        },
      }),
    [bases, fields, form, news],
  );

  const set = useCallback(
    (name: string, value: JsonValue) => {
      form.setValue(name, value);
      form.clearErrors(name);
      bases.follow(name, value);
      // Nothing is left to save, so no save will tell it.
      if (bases.dirty().size === 0) news.clear();
      refresh();
    },
    [bases, form, news, refresh],
  );
  useEffect(() => void caretKeeper.load(), []);
  const show = useCallback(
    (updates: readonly FieldUpdate[]) => {
      caretKeeper.keep(values, () => {
        for (const update of updates) if (!update.kept) form.setValue(update.name, update.value);
      });
      refresh();
    },
    [form, refresh, values],
  );
  const take = useCallback<RecordForm['take']>((edits) => show(bases.take(edits)), [bases, show]);
  const mark = useCallback((made: readonly (readonly [string, FieldMark])[]) => {
    if (made.length > 0) setMarks((known) => new Map([...known, ...made]));
  }, []);
  const receive = useCallback<RecordForm['receive']>(
    (next, by) => {
      // Counters stand beside the record: they are shown, and are part of no base. A newer record tells itself who made it.
      if (by?.counts !== undefined) {
        if (by.version === bases.stored().version) setCounts(by);
        return;
      }
      const hasWork = bases.dirty().size > 0;
      const sinceVersion = Number(bases.stored().version ?? 0);
      const author = by === undefined ? undefined : { by: by.actor.name, at: by.at };
      const updates = bases.receive(next, values());
      const late = by === undefined || updates.length > 0 ? [] : [...news.attribute(by)];
      const shown = updates.filter((update) => !update.kept).map(({ name }) => name);
      if (hasWork) news.note(shown, author ?? { sinceVersion });
      show(updates);
      mark(late.map(([name, who]) => [name, { ...who, kept: false }]));
      if (author !== undefined) mark(updates.map(({ name, kept }) => [name, { ...author, kept }]));
    },
    [bases, mark, news, show, values],
  );
  const answered = useCallback<RecordForm['answered']>(
    (next, merged) => {
      const sent = bases.dirty();
      const sinceVersion = Number(bases.stored().version ?? 0);
      const updates = bases.answered(next, values());
      // A receipt also names what was merged long before this form was opened.
      const told = [...merged].filter(([name]) => updates.some((update) => update.name === name));
      for (const [name, who] of told) news.note([name], who);
      const others = updates.filter(({ name }) => !sent.has(name) && !merged.has(name));
      const unsigned = others.map(({ name }) => name);
      news.note(unsigned, { sinceVersion });
      news.tell();
      show(updates);
      setMarks((before) => new Map([...[...before].filter(([name]) => !sent.has(name)), ...told]));
    },
    [bases, news, show, values],
  );
  const discard = useCallback(() => {
    for (const [name, value] of Object.entries(shown(fields, bases.stored()))) set(name, value);
    form.clearErrors();
    setMarks(new Map());
    setRounds((count) => count + 1);
  }, [bases, fields, form, set]);
  const carry = useCallback(
    () => ({ edits: openEdits(bases.dirty(), values(), bases.baseOf), input: openInput() }),
    [bases, values],
  );

  const openedAt = opened?.input ?? null;
  // Before the next key, and once more after the heading of the new screen, which takes the focus when it is shown.
  useLayoutEffect(() => focusOpenInput(openedAt, 'withCaret'), [openedAt]);
  useEffect(() => focusOpenInput(openedAt, 'asItIs'), [openedAt]);

  // "Your text is kept" is only true while there is text that is not saved.
  const shownMarks = useMemo(
    () => new Map([...marks].filter(([name, mark]) => !mark.kept || dirty.has(name))),
    [dirty, marks],
  );

  const counted = useMemo(
    () => (counts?.version === record.version ? { ...record, ...counts?.counts } : record),
    [counts, record],
  );

  return {
    form,
    bases,
    record: counted,
    dirty,
    marks: shownMarks,
    kept,
    values,
    receive,
    answered,
    take,
    set,
    discard,
    rounds,
    carry,
    openedAt,
  };
}

/** The values that were carried here, of the fields that are still open. */
function typed(bases: FieldBases, opened: CarriedEdits | null): JsonObject {
  const open = [...bases.dirty()].map((name) => [name, opened?.edits.get(name)?.value ?? null] as const);
  return Object.fromEntries(open);
}

/** Only what has an input: the rest of the record is never in the form, so it can never be sent. */
function shown(fields: readonly FieldDescription[], record: JsonObject): JsonObject {
  const all = toFormValues(fields, record);
  return Object.fromEntries(fields.map((field) => [field.name, all[field.name] ?? null]));
}
