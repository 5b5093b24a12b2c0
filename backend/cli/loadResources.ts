import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Resource } from '../records/defineResource.ts';
import { examples } from '../server/example.ts';
import { SyncError } from '../../shared/problem.ts';
import { commandSettings, textOption } from './commandTarget.ts';
import type { CommandCall, CommandOption } from './command.ts';

/** The option of commands that need to know fields. */
export const resourcesOption: CommandOption = {
  name: 'resources',
  value: 'MODULE',
  about: 'a module that exports `resources`, a list of defineResource(…); without it the resources of EXAMPLE',
};

/**
 * The declared resources, ordered by name.
 *
 * Errors  OPTION_INVALID when the module cannot be loaded or exports no resources
 */
export async function loadResources(call: Pick<CommandCall, 'options' | 'environment'>): Promise<readonly Resource[]> {
  const path = textOption(call.options, 'resources');
  const resources =
    path === undefined ? examples[commandSettings(call).example].options.resources : await importResources(path);
  return resources.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function importResources(path: string): Promise<readonly Resource[]> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(resolve(path)).href)) as { readonly resources?: unknown }).resources;
  } catch (cause) {
    throw new SyncError('OPTION_INVALID', `--resources: ${path} cannot be loaded.`, { cause });
  }
  const isList = Array.isArray(exported) && exported.length > 0 && exported.every(isResource);
  if (isList) return exported as readonly Resource[];
  throw new SyncError('OPTION_INVALID', `--resources: ${path} has to export \`resources\`, a list of what defineResource() returns.`); // prettier-ignore
}

function isResource(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && 'name' in value && 'classes' in value && 'schema' in value;
}
