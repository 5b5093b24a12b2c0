import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { CheckpointTask } from './checkpointWorker.ts';

/**
 * Writes a checkpoint in a thread; resolves when the file is there.
 *
 * Errors  those of the thread; the last checkpoint is untouched then
 */
export function runCheckpoint(task: CheckpointTask): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = startWorker(task);
    // A checkpoint that is being made is no reason to keep a process alive.
    worker.unref();
    let isWritten = false;
    worker.on('message', () => (isWritten = true));
    worker.on('error', reject);
    worker.on('exit', () =>
      isWritten ? resolve() : reject(new Error('The checkpoint thread ended before it was done.')),
    );
  });
}

function startWorker(workerData: CheckpointTask): Worker {
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
