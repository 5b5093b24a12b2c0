import { createContext, useContext } from 'react';
import type { FieldMark } from './useRecordForm.ts';

/** What the inputs of a form share beside their values. */
export interface FormSurroundings {
  readonly marks: ReadonlyMap<string, FieldMark>;
}

/** Carries the surroundings to the inputs. */
export const FormContext = createContext<FormSurroundings>({ marks: new Map() });

/** The mark of a field at the top of the record, if somebody else changed it. */
export function useFieldMark(name: string): FieldMark | undefined {
  return useContext(FormContext).marks.get(name);
}
