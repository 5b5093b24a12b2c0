import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadQuestion } from './contestants/subscriberLoad.ts';

/** Many subscribers in a process of their own. */
export interface Subscribers {
  /** Opens more of them; resolves when every handshake is answered. */
  open(url: string, of: { path: string; count: number; transport: 'websocket' | 'sse' }): Promise<void>;
  /** Resolves, with the size of the last one in bytes, when every subscriber has had so many events since it was opened. */
  received(events: number): Promise<number>;
  close(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the process. */
export function startSubscribers(): Subscribers {
  const path = fileURLToPath(new URL('./contestants/subscriberLoad.ts', import.meta.url));
  const child = fork(path, [], { execArgv: ['--import', 'tsx'] });
  const exited = once(child, 'exit');
  const ask = async (question: LoadQuestion): Promise<LoadAnswer> => {
    const answered = once(child, 'message');
    child.send(question);
    const ended = exited.then(([code]) => Promise.reject(new Error(`The subscribers ended with ${String(code)}.`)));
    const [answer] = (await Promise.race([answered, ended])) as [LoadAnswer];
    return answer;
  };
  return {
    open: async (url, of) => void (await ask({ type: 'open', port: Number(new URL(url).port), ...of })),
    received: async (events) => (await ask({ type: 'await', events })).bytes,
    close: async () => void (await ask({ type: 'close' })),
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}
