import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A sender and a receiver of webhooks, each a process of its own. */
export interface WebhookBench {
  /** Sends until so many calls came; the time from the beginning until the last one did, in milliseconds. */
  run(ask: 'save' | 'post', count: number, calls: number): Promise<number>;
  /** Bytes of heap that an idle endpoint costs, and of the whole sender. */
  memory(): Promise<{ readonly perEndpoint: number; readonly heap: number }>;
  stop(): Promise<void>;
}

/** Starts both, with endpoints that answer and endpoints that hang. */
export async function startWebhookBench(endpoints: {
  readonly living: number;
  readonly dead: number;
}): Promise<WebhookBench> {
  const sink = launch('webhookSink', []);
  const { port } = await next<{ port: number }>(sink);
  const { living, dead } = endpoints;
  const sender = launch('webhookSender', [`http://127.0.0.1:${port}`, String(living), String(dead)]);
  await next(sender);

  async function ask<Answer>(question: object): Promise<Answer> {
    const answer = next<Answer & { readonly error?: string }>(sender);
    sender.send(question);
    const given = await answer;
    if (given.error !== undefined) throw new Error(given.error);
    return given;
  }

  return {
    async run(what, count, calls) {
      const ready = next(sink);
      sink.send({ expect: calls });
      await ready;
      const reached = next<{ reachedAt: number }>(sink);
      const { began } = await ask<{ began: number }>({ ask: what, count });
      return (await reached).reachedAt - began;
    },
    memory: () => ask({ ask: 'memory' }),
    async stop() {
      await Promise.all(
        [sender, sink].map(async (child) => {
          const gone = once(child, 'exit');
          child.kill('SIGKILL');
          await gone;
        }),
      );
    },
  };
}

function launch(name: string, args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL(`contestants/${name}.ts`, import.meta.url));
  return fork(program, [...args], { execArgv: ['--expose-gc', '--import', 'tsx'] });
}

async function next<Message>(child: ChildProcess): Promise<Message> {
  const [message] = (await once(child, 'message')) as [Message];
  return message;
}
