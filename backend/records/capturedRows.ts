import { isJsonObject, type JsonObject } from '../../shared/json.ts';
import { refuseOption } from '../options.ts';

/** A resource whose records are rows of a table of the integrator, told by a trigger: `npx backoffice-sync capture`. */
export interface CapturedOptions {
  /** True: the records are rows of a captured table. They are saved there, and no route of ours saves them. Default false. */
  readonly captured?: boolean;
  /** Makes the record of a row as the database has it (`to_jsonb`), null when it is none of this resource. Required with `captured`: nothing of a row is shown that nobody chose. */
  readonly fromRow?: RecordOfRow;
}

/** Makes a record of a row. It may ask the database for more than the row has; what it throws is told to nobody. */
export type RecordOfRow = (row: JsonObject) => JsonObject | null | Promise<JsonObject | null>;

/**
 * What makes records of rows; null for a resource that is not captured.
 *
 * Errors  OPTION_INVALID, at start-up
 */
export function capturedRows(
  of: string,
  options: CapturedOptions & { readonly drafts?: boolean; readonly single?: boolean; readonly seed?: unknown },
): RecordOfRow | null {
  const { captured = false, fromRow } = options;
  if (typeof captured !== 'boolean') refuseOption(of, 'captured', 'true or false', captured);
  if (!captured && fromRow === undefined) return null;
  if (!captured || typeof fromRow !== 'function')
    refuseOption(of, 'fromRow', 'a function that makes the record of a row, beside captured: true', fromRow);
  for (const option of ['drafts', 'single', 'seed'] as const)
    if (options[option]) refuseOption(of, option, 'left out of a captured resource: its records are rows', options[option]); // prettier-ignore
  return fromRow;
}

/** The record of a row, checked. Errors  whatever `fromRow` throws; an Error for a result that is no record */
export async function recordOfRow(resource: string, make: RecordOfRow, row: JsonObject): Promise<JsonObject | null> {
  const record: unknown = await make(row);
  if (record === null || record === undefined) return null;
  // A Date or a Decimal of the integrator's library becomes what it is in JSON.
  const plain: unknown = JSON.parse(JSON.stringify(record));
  if (isJsonObject(plain)) return plain;
  throw new Error(`fromRow of ${resource} has to return an object or null.`);
}
