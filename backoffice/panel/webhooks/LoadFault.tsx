import { SyncRequestError } from '../../client/SyncRequestError.ts';
import { ErrorState } from '../feedback/ErrorState.tsx';
import { NotFoundScreen } from '../feedback/NotFoundScreen.tsx';

/** What could not be read: something that is not there (any more) is no fault. */
export function LoadFault({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  if (error instanceof SyncRequestError && error.problem.status === 404) return <NotFoundScreen what="record" />;
  return <ErrorState error={error} onRetry={onRetry} />;
}
