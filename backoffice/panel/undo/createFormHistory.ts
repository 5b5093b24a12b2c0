/**
 * The edits of one form in their order, over all its fields: what Ctrl+Z goes back through.
 *
 *     note ──► done ──undo──► undone
 *               ▲                │      a new edit empties it
 *               └─────redo───────┘
 *
 * A step knows the difference that it made and no state of the form, so that going back leaves alone what came from others since.
 */
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import { jsonEquals } from '../../../shared/merge/jsonEquals.ts';
import { revertStep, type EditedField } from './revertStep.ts';

/** One edit as it was made. */
export interface NotedEdit extends EditedField {
  /** The input, as the form names it: `links.0.url`. */
  readonly path: string;
  /** Edits of one moment, such as those of a discard, are one step. */
  readonly moment: number;
  /** True while an input method composes: whatever it writes until its end is one step. */
  readonly isComposing: boolean;
}

/** What an undo or a redo sets, and where. */
export interface AppliedStep {
  readonly path: string;
  readonly changes: readonly { readonly name: string; readonly value: JsonValue }[];
}

/** The history of one open form. */
export interface FormHistory {
  note(edit: NotedEdit): void;
  /** Ends the step that is being typed: the next key starts another one. */
  close(): void;
  /** Goes one step back from these values; null when there is none. Steps that cannot go back any more are left out. */
  undo(values: JsonObject): AppliedStep | null;
  redo(values: JsonObject): AppliedStep | null;
  /** When the last edit, undo or redo was, in milliseconds; null before the first. */
  lastAt(): number | null;
}

interface Step {
  readonly path: string;
  readonly fields: readonly EditedField[];
  readonly moment: number;
  readonly atMs: number;
  readonly isComposing: boolean;
  /** 1 while text is added, -1 while it is taken away, 0 for everything else. */
  readonly direction: number;
}

/** A pause after which what is typed in the same input is a step of its own. */
const pauseMs = 800;
const longestHistory = 200;

/** Starts empty; `now` gives milliseconds. */
export function createFormHistory(now: () => number): FormHistory {
  let done: Step[] = [];
  let undone: Step[] = [];
  let isOpen = false;
  let lastAt: number | null = null;

  const goBack = (from: Step[], to: Step[], values: JsonObject): AppliedStep | null => {
    isOpen = false;
    for (let step = from.pop(); step !== undefined; step = from.pop()) {
      const reverted = step.fields.flatMap((field) => {
        const current = values[field.name] ?? null;
        const value = revertStep(field, current);
        return value === undefined || jsonEquals(value, current)
          ? []
          : [{ name: field.name, before: current, after: value }];
      });
      if (reverted.length === 0) continue;
      lastAt = now();
      to.push({ ...step, fields: reverted, atMs: lastAt });
      return { path: step.path, changes: reverted.map(({ name, after }) => ({ name, value: after })) };
    }
    return null;
  };

  return {
    note({ name, path, before, after, moment, isComposing }) {
      const atMs = now();
      const edit = { name, before, after };
      const direction = directionOf(before, after);
      const last = done.at(-1);
      undone = [];
      lastAt = atMs;
      const isBurst = last?.moment === moment;
      const isTypedOn = isOpen && last?.path === path && (last.isComposing || goesOn(last, { atMs, direction }));
      if (last !== undefined && (isBurst || isTypedOn)) {
        const fields = joined(last.fields, edit);
        done[done.length - 1] = { ...last, fields, atMs, isComposing, direction: direction || last.direction };
      } else done.push({ path, fields: [edit], moment, atMs, isComposing, direction });
      isOpen = true;
      done = done.slice(-longestHistory);
    },
    close: () => {
      isOpen = false;
    },
    undo: (values) => goBack(done, undone, values),
    redo: (values) => goBack(undone, done, values),
    lastAt: () => lastAt,
  };
}

function goesOn(last: Step, next: Pick<Step, 'atMs' | 'direction'>): boolean {
  return next.direction !== 0 && next.direction === last.direction && next.atMs - last.atMs < pauseMs;
}

function joined(fields: readonly EditedField[], edit: EditedField): readonly EditedField[] {
  const known = fields.find(({ name }) => name === edit.name);
  if (known === undefined) return [...fields, edit];
  return fields.map((field) => (field === known ? { ...known, after: edit.after } : field));
}

/** Length of all the text in a value: lists and groups are typed in too. */
function directionOf(before: JsonValue, after: JsonValue): number {
  return Math.sign(JSON.stringify(after).length - JSON.stringify(before).length);
}
