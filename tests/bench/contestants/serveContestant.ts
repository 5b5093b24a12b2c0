import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** What a contestant is started with: `node <contestant> <folder> <records>`. */
export interface ContestantArguments {
  /** A folder of its own, which exists. */
  readonly folder: string;
  /** How many records it has before the first request. */
  readonly records: number;
}

/** What a contestant can be asked over the channel to its parent. */
export type ContestantQuestion =
  | { readonly type: 'memory' }
  | { readonly type: 'cpu' }
  | { readonly type: 'fill'; readonly from: number; readonly to: number }
  | { readonly type: 'tell'; readonly count: number; readonly bytes: number; readonly together: number };

/** What it answers; the first message of all is `listening`. */
export type ContestantAnswer =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'memory'; readonly rssBytes: number; readonly heapBytes: number }
  | { readonly type: 'cpu'; readonly micros: number }
  | { readonly type: 'filled' }
  | { readonly type: 'told' };

/** Reads the arguments of this process. */
export function contestantArguments(): ContestantArguments {
  const [, , folder = '', records = '0'] = process.argv;
  return { folder, records: Number(records) };
}

/** What a contestant can do beside answering HTTP. */
export interface ContestantSkills {
  /** Adds the records with these numbers without HTTP: memory is measured of what is kept, not of what a request leaves. */
  fill(from: number, to: number): Promise<void>;
  /** Tells every subscriber so many events; `bytes` is the size of one, where it is free to choose, `together` so many saves. */
  tell?(count: number, bytes: number, together: number): Promise<void>;
  /** Gets the server before it listens, to take WebSockets. */
  attach?(server: Server): void;
}

/** Listens on a free port, tells the parent process, and answers its questions until that goes away. */
export async function serveContestant(app: Express, skills: ContestantSkills): Promise<void> {
  const server = createServer(app);
  skills.attach?.(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.on('message', (question: ContestantQuestion) => void answer(question, skills));
  process.on('disconnect', () => process.exit(0));
  tell({ type: 'listening', port: (server.address() as AddressInfo).port });
}

async function answer(question: ContestantQuestion, skills: ContestantSkills): Promise<void> {
  if (question.type === 'fill') {
    await skills.fill(question.from, question.to);
    tell({ type: 'filled' });
    return;
  }
  if (question.type === 'tell') {
    await skills.tell?.(question.count, question.bytes, question.together);
    tell({ type: 'told' });
    return;
  }
  if (question.type === 'cpu') {
    const { user, system } = process.cpuUsage();
    tell({ type: 'cpu', micros: user + system });
    return;
  }
  // Twice: what only a finalizer let go of is there for the second one.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  tell({ type: 'memory', rssBytes: rss, heapBytes: heapUsed + external });
}

function tell(message: ContestantAnswer): void {
  process.send?.(message);
}
