import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ResourceDescription } from '../../../shared/resource.ts';
import { requestJson } from './requestJson.ts';
import { usePanelServices } from './usePanelServices.ts';

/** What every screen is drawn from. */
export interface Workspace {
  readonly resources: readonly ResourceDescription[];
  /** The head of the log before any record was read: following from here leaves no gap. */
  readonly cursor: string | undefined;
  /** Whether this user manages webhooks. */
  readonly canConfigure: boolean;
}

/** Reads the description of the resources, and the cursor to follow from, before any screen reads a record. */
export function useWorkspace(): UseQueryResult<Workspace> {
  const { config } = usePanelServices();
  return useQuery({
    queryKey: ['workspace'],
    queryFn: async () => {
      const [configuration, status] = await Promise.all([
        requestJson(`${config.backendUrl}/api/sync/configuration`),
        requestJson(`${config.backendUrl}/api/sync/status`),
      ]);
      const { resources, permissions } = configuration as {
        resources: readonly ResourceDescription[];
        permissions?: { readonly configure?: boolean };
      };
      const { cursor } = status as { cursor?: unknown };
      const canConfigure = permissions?.configure === true;
      return { resources, cursor: typeof cursor === 'string' ? cursor : undefined, canConfigure };
    },
    staleTime: Infinity,
  });
}
