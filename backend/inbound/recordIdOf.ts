import { SyncError } from '../../shared/problem.ts';
import { isRecordId } from '../records/readSaveRequest.ts';

/**
 * The id of the record of a person: Clerk's own, so that finding somebody by it is reading one record, in every store; others are
 * led by their source, so that two sources never meet.
 *
 * Errors  INVALID
 */
export function recordIdOf(source: string, userId: string): string {
  const id = source === 'clerk' ? userId : `${source}.${userId}`;
  if (isRecordId(id)) return id;
  throw new SyncError('INVALID', 'The id of the user cannot be the id of a record; nothing was stored.', {
    extensions: { errors: [{ path: '/data/id', code: 'id', message: 'This id is not possible.' }] },
  });
}
