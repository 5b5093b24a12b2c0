import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContestantAnswer, ContestantQuestion } from './contestants/serveContestant.ts';

/** The programs that compete, by their file. */
export type ContestantProgram =
  | 'productServer'
  | 'cachedServer'
  | 'rawRelayServer'
  | 'largeRecordServer'
  | 'appendedLineServer'
  | 'wholeFileServer'
  | 'postgresServer'
  | 'updateServer';

/** A contestant in a process of its own, with a folder of its own. */
export interface Contestant {
  readonly url: string;
  readonly records: number;
  /** Memory after forced garbage collection, in bytes. */
  memory(): Promise<{ readonly rssBytes: number; readonly heapBytes: number }>;
  /** Processor time that its process has used so far, of all threads, in microseconds. */
  cpuMicros(): Promise<number>;
  /** Adds the records with these numbers, `to` excluded. */
  fill(from: number, to: number): Promise<void>;
  /**
   * Tells every subscriber so many events; `bytes` is the size of one, where the contestant is free to choose. So many saves
   * arrive `together` (20) where they are saves, as those of a few busy people do.
   */
  tell(count: number, bytes: number, together?: number): Promise<void>;
  /** Ends the process without a word and starts it again on the same folder; its address is another one then. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

// Not the folder for temporary files: where that is in memory, a sync costs nothing and the comparison says nothing.
const dataFolder = fileURLToPath(new URL('../artifacts/bench/', import.meta.url));

/**
 * Starts a contestant and waits until it listens.
 *
 * Shape   `environment` is added to that of this process
 * Errors  a plain error when it ends before that
 */
export async function startContestant(
  program: ContestantProgram,
  records: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Contestant> {
  await mkdir(dataFolder, { recursive: true });
  const folder = await mkdtemp(join(dataFolder, `${program}-`));
  const path = fileURLToPath(new URL(`./contestants/${program}.ts`, import.meta.url));
  const start = (): Promise<Running> => launch({ program, path, parameters: [folder, String(records)], environment });
  let running = await start();
  return {
    get url() {
      return running.url;
    },
    records,
    async memory() {
      const answer = await running.ask({ type: 'memory' });
      if (answer.type !== 'memory') throw new Error(`"${answer.type}" is no answer to a question for memory.`);
      return answer;
    },
    async cpuMicros() {
      const answer = await running.ask({ type: 'cpu' });
      if (answer.type !== 'cpu') throw new Error(`"${answer.type}" is no answer to a question for processor time.`);
      return answer.micros;
    },
    async fill(from, to) {
      await running.ask({ type: 'fill', from, to });
    },
    async tell(count, bytes, together = 20) {
      await running.ask({ type: 'tell', count, bytes, together });
    },
    async restart() {
      await running.end();
      running = await start();
    },
    async stop() {
      await running.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The process of a contestant. */
interface Running {
  readonly url: string;
  ask(question: ContestantQuestion): Promise<ContestantAnswer>;
  end(): Promise<void>;
}

async function launch(options: {
  readonly program: ContestantProgram;
  readonly path: string;
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}): Promise<Running> {
  const { program, path, parameters, environment } = options;
  const child = fork(path, parameters, {
    execArgv: ['--import', 'tsx', '--expose-gc', ...profileFlags(program)],
    env: { ...process.env, ...environment },
  });
  const exited = once(child, 'exit');
  const waiting: ((answer: ContestantAnswer) => void)[] = [];
  child.on('message', (answer: ContestantAnswer) => waiting.shift()?.(answer));
  const next = (): Promise<ContestantAnswer> =>
    Promise.race([
      new Promise<ContestantAnswer>((resolve) => waiting.push(resolve)),
      exited.then(([code]) => Promise.reject(new Error(`The contestant ${program} ended with ${String(code)}.`))),
    ]);
  const started = await next();
  if (started.type !== 'listening') throw new Error(`The contestant ${program} began with "${started.type}".`);
  return {
    url: `http://127.0.0.1:${started.port}`,
    ask(question) {
      const answer = next();
      child.send(question);
      return answer;
    },
    async end() {
      child.disconnect();
      await exited;
    },
  };
}

/** `BENCH_PROFILE=<folder>` writes a profile of the product's process there, to see where the time goes. */
function profileFlags(program: ContestantProgram): readonly string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder && (program === 'productServer' || program === 'postgresServer')
    ? ['--cpu-prof', `--cpu-prof-dir=${folder}`]
    : [];
}
