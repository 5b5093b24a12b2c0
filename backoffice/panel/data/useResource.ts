import type { ResourceDescription } from '../../../shared/resource.ts';
import { useWorkspace } from './useWorkspace.ts';

/** The resource with this name, once the workspace is there. */
export function useResource(name: string | undefined): ResourceDescription | undefined {
  return useWorkspace().data?.resources.find((resource) => resource.name === name);
}
