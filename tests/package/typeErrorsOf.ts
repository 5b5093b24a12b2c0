import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageRoot } from './ensureBuilt.ts';

const run = promisify(execFile);

/** What is compiled, and where the packages are that it imports. */
export interface TypeCheck {
  /** A project with its `node_modules`. */
  readonly folder: string;
  /** A folder of tests/package/projects/, which is copied into the project. */
  readonly project: string;
  /** More files for it, by name. Default none. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Compiles a TypeScript project with this repository's compiler, and gives its errors, one a line; none for one that compiles. */
export async function typeErrorsOf({ folder, project, files = {} }: TypeCheck): Promise<readonly string[]> {
  const source = fileURLToPath(new URL(`./projects/${project}/`, import.meta.url));
  const target = join(folder, project);
  await cp(source, target, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(target, name), content);
  const compiler = join(packageRoot, 'node_modules/typescript/bin/tsc');
  return run(process.execPath, [compiler, '--project', target, '--pretty', 'false'], { cwd: target }).then(
    () => [],
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`.trim().split('\n'),
  );
}
