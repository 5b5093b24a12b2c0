import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine } from './engine.ts';

/**
 * The engine of another copy of the sources.
 *
 * Shape   `folder` holds `shared/` and `backoffice/client/` as they are in the repository
 */
export async function loadEngine(folder: string): Promise<Engine> {
  const names = [
    'shared/merge/index',
    'shared/text/mergeLines',
    ...['joinSaves', 'overlay', 'rebaseSave', 'settleConflict'].map((name) => `backoffice/client/${name}`),
  ];
  const parts = await Promise.all(
    names.map((name): Promise<object> => import(/* @vite-ignore */ pathToFileURL(join(folder, `${name}.ts`)).href)),
  );
  return Object.assign({}, ...parts) as Engine;
}
