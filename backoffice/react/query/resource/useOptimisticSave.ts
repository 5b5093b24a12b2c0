import { useMutation, useQueryClient, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { JsonObject } from '../../../../shared/json.ts';
import type { RealtimeSyncService } from '../../../client/index.ts';
import { useRealtimeSyncService } from '../../RealtimeSyncServiceProvider.tsx';
import { useLatest } from '../../useLatest.ts';
import type { PendingChange } from './optimisticLayer.ts';
import { saveOptimistically, type OfflineWish } from './saveOptimistically.ts';
import type { ResourceAddress } from './useResourceList.ts';

/** Options of a save that is shown at once: the callbacks of a mutation of TanStack, and what a save without an answer becomes. */
export interface OptimisticOptions<Row, Variables>
  extends
    OfflineWish,
    Pick<UseMutationOptions<Row, Error, Variables>, 'onMutate' | 'onError' | 'onSuccess' | 'onSettled'> {
  /** What the form was loaded with. Default: the record as the queries have it when it is saved. */
  readonly base?: object;
}

/** A mutation of TanStack. `isQueued` says that what was saved waits for the network, and is sent when there is one. */
export type OptimisticResult<Row, Variables> = UseMutationResult<Row, Error, Variables> & {
  readonly isQueued: boolean;
};

/** Saves what `describe` makes of the variables, and shows it at once. */
export function useOptimisticSave<Row, Variables>(
  of: ResourceAddress & { readonly describe: (variables: Variables) => PendingChange },
  options: OptimisticOptions<Row, Variables>,
): OptimisticResult<Row, Variables> {
  const { url, describe } = of;
  const client = useQueryClient();
  const service = useRealtimeSyncService();
  const latest = useLatest(options);
  const { onMutate, onError, onSuccess, onSettled } = options;
  const result = useMutation<Row, Error, Variables>({
    // The queue of saves waits for the network itself, with what was typed.
    networkMode: 'always',
    ...(onMutate && { onMutate }),
    ...(onError && { onError }),
    ...(onSuccess && { onSuccess }),
    ...(onSettled && { onSettled }),
    async mutationFn(variables) {
      const { base, offline, timeoutMs } = latest.current;
      const change = describe(variables);
      const record = await saveOptimistically({
        client,
        service,
        url,
        change,
        base,
        ...(offline && { offline }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      });
      return record as Row;
    },
  });
  const isQueued = useIsQueued(of, service, result.isPending);
  return { ...result, isQueued };
}

/** True while something of the resource waits because nothing answers. */
function useIsQueued({ url }: ResourceAddress, service: RealtimeSyncService, isPending: boolean): boolean {
  const isOurs = (address: string): boolean => address === url || address.startsWith(`${url}/`);
  const read = (): boolean => {
    const { online, entries } = service.getState();
    return entries.some(
      (entry) => isOurs(entry.url) && entry.status === 'waiting' && (!online || entry.problem !== undefined),
    );
  };
  // A boolean, so that a component renders again only when it turns.
  const isWaiting = useSyncExternalStore(service.subscribe, read, () => false);
  return isPending && isWaiting;
}

/** Fields as they travel: a copy, so that what the caller does with its object later counts no more. */
export function copyFields(fields: object): JsonObject {
  return JSON.parse(JSON.stringify(fields)) as JsonObject;
}
