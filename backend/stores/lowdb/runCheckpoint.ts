import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CheckpointTask } from './checkpointWorker.ts';
import type { ShortenedPlace, ShortenTask } from './shortenSegments.ts';

/**
 * Writes a checkpoint in a thread; resolves when the file is there.
 *
 * Errors  those of the thread; the last checkpoint is untouched then
 */
export function runCheckpoint(task: CheckpointTask): Promise<void> {
  return runInThread<void>(task);
}

/**
 * Writes files of the log without their messages, in a thread like the checkpoint.
 *
 * Errors  those of shortenSegments
 */
export function runShortening(tasks: readonly ShortenTask[]): Promise<readonly (readonly ShortenedPlace[])[]> {
  return runInThread<readonly (readonly ShortenedPlace[])[]>(tasks);
}

function runInThread<Result>(task: CheckpointTask | readonly ShortenTask[]): Promise<Result> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(task);
    // What is written behind the saves is no reason to keep a process alive.
    worker.unref();
    let written: { readonly result: Result } | null = null;
    worker.on('message', (message: { readonly result: Result }) => (written = message));
    worker.on('error', reject);
    worker.on('exit', () =>
      written === null ? reject(new Error('The checkpoint thread ended before it was done.')) : resolve(written.result),
    );
  });
}

function startWorker(workerData: CheckpointTask | readonly ShortenTask[]): Worker {
  // Built, this file and the worker are .js.
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./checkpointWorker.js', import.meta.url), { workerData });
  }
  // From source they are .ts, and a thread of Node 20 inherits no loader: it registers one before it imports the worker.
  // The loader by its path: `tsx/esm/api` would be looked up from the working directory, which may be anywhere.
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx'));
  const loader = new URL('./esm/api/index.mjs', tsx).href;
  const worker = new URL('./checkpointWorker.ts', import.meta.url).href;
  const code = `import(${JSON.stringify(loader)}).then(({ register }) => { register(); return import(${JSON.stringify(worker)}); })`;
  return new Worker(code, { eval: true, workerData, execArgv: [] });
}
