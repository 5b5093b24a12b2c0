import type { SyncProblem } from '../../client/SyncRequestError.ts';

/** Which sentence says why something could not be read. */
export function loadFault(
  problem: SyncProblem | undefined,
): 'unreachable' | 'serverFault' | 'forbidden' | 'unknownFault' {
  if (problem === undefined) return 'unknownFault';
  if (problem.status === 0) return 'unreachable';
  if (problem.status === 403) return 'forbidden';
  return problem.status >= 500 ? 'serverFault' : 'unknownFault';
}
