import { useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { createUuid } from '../../../client/createUuid.ts';
import type { SubscriptionState } from '../../live/useSubscription.ts';
import { useRealtimeSyncService } from '../../RealtimeSyncServiceProvider.tsx';
import type { PendingChange } from './optimisticLayer.ts';
import { resourceNames, type OneName, type Pascal } from './resourceNames.ts';
import type { ResourceFilters } from './resourceFilters.ts';
import { saveOptimistically } from './saveOptimistically.ts';
import { copyFields, useOptimisticSave, type OptimisticOptions, type OptimisticResult } from './useOptimisticSave.ts';
import { useRealtimeResource } from './useRealtimeResource.ts';
import { useResourceList, type ResourceAddress } from './useResourceList.ts';
import { useResourceRecord } from './useResourceRecord.ts';

/** A record of any resource. */
export interface AnyRow {
  readonly id: string;
  readonly version?: number;
  readonly [field: string]: unknown;
}

/** An update: the id, and the fields to set. */
export type RowUpdate<Row> = { readonly id: string } & Partial<Omit<Row, 'id'>>;

/** A new record; its id is made here unless it is given. */
export type NewRow<Row> = Partial<Row>;

/** The hooks of a resource, by its names: for `goals` they are `useGoals`, `useGoal`, `useRealtimeGoals`, `useOptimisticCreateGoal`… */
export type ResourceHooks<Name extends string, Row> = {
  readonly [Key in `use${Pascal<Name>}`]: (filters?: ResourceFilters) => ResourceList<Name, Row>;
} & { readonly [Key in `use${OneName<Name>}`]: (id: string | null | undefined) => UseQueryResult<Row> } & {
  readonly [Key in `useRealtime${Pascal<Name>}`]: (scope?: string | null, enabled?: boolean) => SubscriptionState;
} & {
  readonly [Key in `useOptimisticCreate${OneName<Name>}`]: (
    options?: OptimisticOptions<Row, NewRow<Row>>,
  ) => OptimisticResult<Row, NewRow<Row>>;
} & {
  readonly [Key in `useOptimisticUpdate${OneName<Name>}`]: (
    options?: OptimisticOptions<Row, RowUpdate<Row>>,
  ) => OptimisticResult<Row, RowUpdate<Row>>;
} & {
  readonly [Key in `useOptimisticDelete${OneName<Name>}`]: (
    options?: OptimisticOptions<Row, string>,
  ) => OptimisticResult<Row, string>;
};

/** A query of TanStack, and beside it the records and the three saves by their names: `projects`, `createProject`, `updateProject`, `deleteProject`. */
export type ResourceList<Name extends string, Row> = UseQueryResult<readonly Row[]> & {
  readonly [Key in Uncapitalize<Pascal<Name>>]: readonly Row[];
} & { readonly [Key in `create${OneName<Name>}`]: (fields: NewRow<Row>) => Promise<Row> } & {
  readonly [Key in `update${OneName<Name>}`]: (fields: RowUpdate<Row>) => Promise<Row>;
} & { readonly [Key in `delete${OneName<Name>}`]: (id: string) => Promise<Row> };

/** Options of the factory; nothing is needed. */
export interface ResourceHooksOptions {
  /** Default `/api/<resource>`. */
  readonly url?: string;
  /** The field that `useRealtime…(scope)` filters by. Default `organization_id`. */
  readonly scopeField?: string;
}

/**
 * Makes the hooks of a resource, outside of components: `export const { useGoals } = createResourceHooks<'goals', Goal>('goals')`.
 *
 * What is saved is shown at once and goes through the queue of saves: base values, one chain per record, `Idempotency-Key`.
 */
export function createResourceHooks<const Name extends string, Row extends object = AnyRow>(
  resource: Name,
  options: ResourceHooksOptions = {},
): ResourceHooks<Name, Row> {
  const { url = `/api/${resource}`, scopeField = 'organization_id' } = options;
  const { many, one } = resourceNames(resource);
  const of: ResourceAddress = { resource, url };

  const create = (fields: NewRow<Row>): PendingChange => {
    const { id, ...rest } = copyFields(fields);
    return { resource, kind: 'create', id: typeof id === 'string' ? id : createUuid(Date.now()), fields: rest };
  };
  const update = (fields: RowUpdate<Row>): PendingChange => {
    const { id, ...rest } = copyFields(fields);
    return { resource, kind: 'update', id: String(id), fields: rest };
  };
  const remove = (id: string): PendingChange => ({ resource, kind: 'delete', id, fields: {} });

  const useList = (filters: ResourceFilters = {}) => {
    const list = useResourceList<Row>(of, filters);
    const client = useQueryClient();
    const service = useRealtimeSyncService();
    const saves = useMemo(() => {
      const save = (change: PendingChange) => saveOptimistically({ client, service, url, change });
      return {
        [`create${one}`]: async (fields: NewRow<Row>) => save(create(fields)),
        [`update${one}`]: async (fields: RowUpdate<Row>) => save(update(fields)),
        [`delete${one}`]: async (id: string) => save(remove(id)),
      };
    }, [client, service]);
    return { ...list, [many.charAt(0).toLowerCase() + many.slice(1)]: list.data ?? noRows, ...saves };
  };
  const hooks = {
    [`use${many}`]: useList,
    [`use${one}`]: (id: string | null | undefined) => useResourceRecord<Row>(of, id),
    [`useRealtime${many}`]: (scope?: string | null, enabled = true) =>
      useRealtimeResource({ hook: `useRealtime${many}`, resource, scopeField, scope, enabled }),
    [`useOptimisticCreate${one}`]: (wishes: OptimisticOptions<Row, NewRow<Row>> = {}) =>
      useOptimisticSave({ ...of, describe: create }, wishes),
    [`useOptimisticUpdate${one}`]: (wishes: OptimisticOptions<Row, RowUpdate<Row>> = {}) =>
      useOptimisticSave({ ...of, describe: update }, wishes),
    [`useOptimisticDelete${one}`]: (wishes: OptimisticOptions<Row, string> = {}) =>
      useOptimisticSave({ ...of, describe: remove }, wishes),
  };
  // The names are made here and in the types by the same rules; tests/react/hooks/resourceNames.test.ts compares them.
  return hooks as unknown as ResourceHooks<Name, Row>;
}

const noRows: readonly never[] = [];
