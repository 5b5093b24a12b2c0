import { useEffect } from 'react';
import type { JsonObject } from '../../../shared/json.ts';
import type { Conflict } from '../../../shared/receipt.ts';
import type { FieldDescription } from '../../../shared/resource.ts';
import type { RecordForm } from '../form/useRecordForm.ts';
import { findCollisions } from './findCollisions.ts';

/** Looks for further collisions whenever another record is stored, and hands them to `onFound`. */
export function useFindCollisions(about: {
  readonly isOn: boolean;
  readonly recordForm: RecordForm;
  readonly fields: readonly FieldDescription[];
  readonly conflicts: readonly Conflict[];
  readonly since: JsonObject;
  readonly onFound: (found: readonly Conflict[]) => void;
}): void {
  const { isOn, recordForm, fields, conflicts, since, onFound } = about;
  const { record } = recordForm;
  useEffect(() => {
    if (!isOn) return;
    const found = findCollisions(recordForm, fields, conflicts, since);
    if (found.length > 0) onFound(found);
    // What is stored decides; the rest is read as it is at that moment.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isOn, record, since]);
}
