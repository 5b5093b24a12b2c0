import { createContext, useContext } from 'react';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { OpenInput } from './openInput.ts';
import type { FieldMark } from './useRecordForm.ts';

/** What the inputs of a form share beside their values. */
export interface FormSurroundings {
  readonly marks: ReadonlyMap<string, FieldMark>;
  /** The newest stored record; empty for one that is being added. */
  readonly stored: JsonObject;
  /** See `RecordForm`. */
  readonly rounds?: number;
  /** See `RecordForm`. */
  readonly openedAt?: OpenInput | null;
  /** Fields at the top of the record that nobody can change at the moment. */
  readonly locked?: ReadonlySet<string>;
}

/** Carries the surroundings to the inputs. */
export const FormContext = createContext<FormSurroundings>({ marks: new Map(), stored: {} });

const none: readonly JsonValue[] = [];

/** The items of a field that stay as they are, because its list only grows; none for any other field. */
export function useFixedItems(field: FieldDescription, name: string): readonly JsonValue[] {
  const value = useContext(FormContext).stored[name];
  return field.class === 'appendOnly' && Array.isArray(value) ? (value as readonly JsonValue[]) : none;
}

/** The mark of a field at the top of the record, if somebody else changed it. */
export function useFieldMark(name: string): FieldMark | undefined {
  return useContext(FormContext).marks.get(name);
}

/** Counts the saves and discards of the form. */
export function useRounds(): number {
  return useContext(FormContext).rounds ?? 0;
}

/** What this input showed on the screen before this one, where somebody was typing in it. */
export function useOpenedText(name: string): string {
  const { openedAt } = useContext(FormContext);
  return openedAt?.name === name ? openedAt.text : '';
}

/** Whether an input, named as the form names it, only shows its value at the moment. */
export function useIsLocked(name: string): boolean {
  return useContext(FormContext).locked?.has(name.split('.')[0] ?? name) === true;
}
