import { describe, expect, test } from 'vitest';
import { createFormHistory, type FormHistory } from '../../../backoffice/panel/undo/createFormHistory.ts';
import { revertStep } from '../../../backoffice/panel/undo/revertStep.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';

/** A form with its history: what is typed, and how long after the last key. */
function openForm(values: JsonObject): {
  readonly history: FormHistory;
  readonly values: () => JsonObject;
  readonly edit: (name: string, after: JsonValue, more?: { pauseMs?: number; isComposing?: boolean }) => void;
  readonly receive: (fields: JsonObject) => void;
  readonly undo: () => boolean;
  readonly redo: () => boolean;
} {
  let held = values;
  let atMs = 0;
  let moment = 0;
  const history = createFormHistory(() => atMs);
  const apply = (step: ReturnType<FormHistory['undo']>) => {
    for (const { name, value } of step?.changes ?? []) held = { ...held, [name]: value };
    return step !== null;
  };
  return {
    history,
    values: () => held,
    edit: (name, after, { pauseMs = 50, isComposing = false } = {}) => {
      atMs += pauseMs;
      history.note({ name, path: name, before: held[name] ?? null, after, moment: (moment += 1), isComposing });
      held = { ...held, [name]: after };
    },
    receive: (fields) => (held = { ...held, ...fields }),
    undo: () => apply(history.undo(held)),
    redo: () => apply(history.redo(held)),
  };
}

describe('the history of a form', () => {
  test('goes back over all fields in the order of the edits, and forward again', () => {
    const form = openForm({ name: '', role: '' });
    form.edit('name', 'C');
    form.edit('role', 'D');
    form.edit('name', 'Ca');
    form.undo();
    expect(form.values()).toEqual({ name: 'C', role: 'D' });
    form.undo();
    expect(form.values()).toEqual({ name: 'C', role: '' });
    form.undo();
    expect(form.values()).toEqual({ name: '', role: '' });
    expect(form.undo()).toBe(false);
    for (let step = 0; step < 3; step++) form.redo();
    expect(form.values()).toEqual({ name: 'Ca', role: 'D' });
    expect(form.redo()).toBe(false);
  });

  test('takes what is typed without a pause as one step, and starts another after a pause and where deleting begins', () => {
    const form = openForm({ name: '' });
    form.edit('name', 'a');
    form.edit('name', 'ab');
    form.edit('name', 'abc', { pauseMs: 5000 });
    form.edit('name', 'ab');
    form.undo();
    expect(form.values()).toEqual({ name: 'abc' });
    form.undo();
    expect(form.values()).toEqual({ name: 'ab' });
    form.undo();
    expect(form.values()).toEqual({ name: '' });
  });

  test('takes everything that an input method writes until its end as one step', () => {
    const form = openForm({ name: '' });
    form.edit('name', 'k', { isComposing: true });
    form.edit('name', 'か', { isComposing: true, pauseMs: 5000 });
    form.edit('name', '科', { isComposing: true, pauseMs: 5000 });
    form.undo();
    expect(form.values()).toEqual({ name: '' });
  });

  test('forgets what could be done again with the next edit', () => {
    const form = openForm({ name: '' });
    form.edit('name', 'a');
    form.undo();
    form.edit('name', 'b');
    expect(form.redo()).toBe(false);
  });

  test('leaves the words that a colleague put into the field, and passes over a step that he wrote over', () => {
    const form = openForm({ bio: 'draws maps', role: '' });
    form.edit('role', 'CTO');
    form.edit('bio', 'draws maps well');
    form.receive({ bio: 'At work draws maps well' });
    form.undo();
    expect(form.values()).toEqual({ bio: 'At work draws maps', role: 'CTO' });
    form.redo();
    expect(form.values()).toEqual({ bio: 'At work draws maps well', role: 'CTO' });
    form.receive({ bio: 'Something else' });
    form.undo();
    expect(form.values()).toEqual({ bio: 'Something else', role: '' });
  });
});

test.each([
  ['in front of the typed text', 'a c', 'a b c', 'a X b c', 'a X c'],
  ['behind it', 'a', 'a b', 'a b c', 'a c'],
  ['where text was taken away', 'a b c', 'a c', 'X a c', 'X a b c'],
])('a text that a colleague wrote %s stays when the edit is taken back', (_where, before, after, current, expected) => {
  expect(revertStep({ name: 'text', before, after }, current)).toBe(expected);
});

test('an item that a colleague added to a list stays when mine is taken back', () => {
  const mine = { id: 'b', label: 'B' };
  const theirs = { id: 'c', label: 'C' };
  expect(revertStep({ name: 'links', before: [], after: [mine] }, [mine, theirs])).toEqual([theirs]);
});
