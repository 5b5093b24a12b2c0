import {
  useMutation,
  useQueryClient,
  type QueryKey,
  type UseMutationOptions,
  type UseMutationResult,
} from '@tanstack/react-query';
import { refreshQueries } from './refreshQuery.ts';

/** Options of a mutation of TanStack, and what is loaded again after it. */
export interface InvalidatingMutationOptions<Data, Variables> extends Omit<
  UseMutationOptions<Data, Error, Variables>,
  'mutationFn'
> {
  readonly mutationFn: (variables: Variables) => Promise<Data>;
  /** First parts of keys such as `'projects'`, or whole keys. */
  readonly invalidateKeys: readonly (string | QueryKey)[];
}

/** A mutation after whose success the queries under these keys are loaded again, also those that were being loaded. */
export function useMutationWithInvalidation<Data, Variables = void>(
  options: InvalidatingMutationOptions<Data, Variables>,
): UseMutationResult<Data, Error, Variables> {
  const client = useQueryClient();
  const { invalidateKeys, onSuccess, ...rest } = options;
  return useMutation({
    ...rest,
    onSuccess(...args) {
      for (const key of invalidateKeys) refreshQueries(client, { queryKey: typeof key === 'string' ? [key] : key });
      return onSuccess?.(...args);
    },
  });
}
