import type { Resource } from '../../records/defineResource.ts';
import { goalResources } from './goalResources.ts';
import { hiringResources } from './hiringResources.ts';
import { peopleResources } from './peopleResources.ts';
import { registryResources } from './registryResources.ts';

/** What the two organizations of the example edit: 17 resources, each a declaration and nothing else. */
export const workspaceResources: readonly Resource[] = [
  ...goalResources,
  ...hiringResources,
  ...peopleResources,
  ...registryResources,
];
