import type { Query, QueryClient } from '@tanstack/react-query';
import type { Change } from '../../../shared/change.ts';
import { applyChange, type ListRules } from './applyChange.ts';
import { hasSeen } from './cursorOf.ts';
import { refreshQuery } from './refreshQuery.ts';

/** Puts a change into a query, or loads it again where only the server knows how it looks now. */
export function patchQuery(client: QueryClient, query: Query, change: Change, rules: ListRules): void {
  if (hasSeen(query, change)) return;
  const { state } = query as { readonly state: Query['state'] & { readonly data?: unknown } };
  const applied = applyChange(state.data, change, rules);
  if (applied.outcome === 'unknown') refreshQuery(client, query);
  if (applied.outcome !== 'changed') return;
  const { isInvalidated, dataUpdatedAt } = state;
  client.setQueryData(query.queryKey, applied.data, { updatedAt: dataUpdatedAt });
  // Writing counts as loading for TanStack; what was old in other records is old still.
  if (isInvalidated) query.invalidate();
}
