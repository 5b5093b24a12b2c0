import type { Receipt } from '../../../shared/receipt.ts';
import { parsePointer } from '../../../shared/merge/pointer.ts';
import type { FieldMark } from './useRecordForm.ts';

/** The marks that a receipt puts on a form: the fields in which somebody else's change stayed. */
export function mergedMarks(receipt: Receipt | undefined): ReadonlyMap<string, FieldMark> {
  const marks = new Map<string, FieldMark>();
  for (const { path, status, by, at } of receipt?.fields ?? []) {
    const name = parsePointer(path)?.[0];
    if (status !== 'merged' || name === undefined || by === undefined || at === undefined) continue;
    marks.set(name, { by, at, kept: false });
  }
  return marks;
}
