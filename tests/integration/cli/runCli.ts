import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The module of the resources that these tests use. */
export const resourcesPath = at('./cliResources.ts');

/** How a command ended. */
export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** A command that runs. */
export interface RunningCli {
  readonly child: ChildProcess;
  readonly errors: () => string;
  readonly ended: Promise<CliResult>;
}

/** Starts `npx backoffice-sync …` from the source, without settings but those given. */
export function startCli(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  output: 'pipe' | number = 'pipe',
): RunningCli {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', at('../../../backend/cli/main.ts'), ...words], {
    cwd: at('../../../'),
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', output, 'pipe'],
  });
  let [out, errors] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = new Promise<CliResult>((resolve) => child.once('close', (code) => resolve({ code, out, errors })));
  return { child, errors: () => errors, ended };
}

/** Runs a command to its end. */
export function runCli(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  return startCli(words, environment).ended;
}

/** A folder for the files of one test. */
export async function temporaryFolder(): Promise<{
  readonly path: string;
  at(name: string): string;
  remove(): Promise<void>;
}> {
  const path = await mkdtemp(join(tmpdir(), 'backoffice-sync-cli-'));
  return { path, at: (name) => join(path, name), remove: () => rm(path, { recursive: true, force: true }) };
}
