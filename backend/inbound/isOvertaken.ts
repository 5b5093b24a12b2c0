import { SyncError } from '../../shared/problem.ts';

const codes = ['VERSION_CHANGED', 'ALREADY_EXISTS', 'RECORD_DELETED', 'NOT_FOUND', 'BASE_GONE', 'CONFLICT'];

/** True for the refusal of a save that another one of the record came before: by a person, or by another process. */
export function isOvertaken(error: unknown): boolean {
  return error instanceof SyncError && codes.includes(error.code);
}
