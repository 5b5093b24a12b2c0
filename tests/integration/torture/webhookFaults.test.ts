import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { fastClock } from './fastClock.ts';
import { randomNumbers } from './randomNumbers.ts';
import { startRoughReceiver, type RoughReceiver } from './roughReceiver.ts';

const seed = Number(process.env['TORTURE_SEED'] ?? Date.now() % 1_000_000);
/** How often the sender is killed; `WEBHOOK_KILLS=50` for the long form. */
const kills = Number(process.env['WEBHOOK_KILLS'] ?? 4);
const minute = 60_000;

interface Sender {
  readonly child: ChildProcess;
  saves: number;
  secret: string | null;
  newest: Readonly<Record<string, number>> | null;
  readonly failures: string[];
}

describe(`webhooks to a receiver with bad days (seed ${seed})`, () => {
  const base = Date.now();
  const { now } = fastClock(base);
  const key = randomBytes(32).toString('hex');
  let folder: string;
  let receiver: RoughReceiver;
  let sender: Sender | null = null;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'webhook-faults-'));
    receiver = await startRoughReceiver(randomNumbers(seed), now);
  });
  afterEach(async () => {
    sender?.child.kill('SIGKILL');
    await receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(run: number): Promise<Sender> {
    const program = fileURLToPath(new URL('webhookSender.ts', import.meta.url));
    const child = fork(program, [folder, key, String(base), String(seed + run)], { execArgv: ['--import', 'tsx'] });
    const started: Sender = { child, saves: 0, secret: null, newest: null, failures: [] };
    child.on(
      'message',
      (message: { saved?: true; secret?: string; newest?: Record<string, number>; failure?: string }) => {
        if (message.saved) started.saves += 1;
        if (message.secret !== undefined) started.secret = message.secret;
        if (message.newest) started.newest = message.newest;
        if (message.failure !== undefined) started.failures.push(message.failure);
      },
    );
    await once(child, 'message');
    return started;
  }

  async function startFirst(): Promise<Sender> {
    const first = await start(0);
    first.child.send({ url: receiver.url });
    await waitUntil('the endpoint is registered', () => first.secret !== null);
    receiver.secrets.push(first.secret ?? '');
    return first;
  }

  async function finish(last: Sender): Promise<void> {
    receiver.calmDown();
    last.child.send({ finish: true });
    await waitUntil('everything is told', () => last.newest !== null, 60_000);
    expect(last.failures).toEqual([]);
    expect(receiver.wrongs).toEqual([]);
    expect(Object.fromEntries([...receiver.taken].sort())).toEqual(last.newest);
  }

  it('fails, hangs, is cut off, is down for a minute, starts again and moves: every record arrives in its newest version', async () => {
    sender = await startFirst();
    const here = sender;
    const saves = (count: number) => waitUntil(`${count} saves`, () => here.saves >= count);
    await saves(100);
    receiver.failFor(minute);
    await saves(250);
    await receiver.restart();
    await saves(350);
    await receiver.move();
    here.child.send({ url: receiver.url });
    await saves(450);
    await finish(here);
    expect(receiver.calls).toBeGreaterThan(50);
  }, 120_000);

  it(
    `the same while the sender is killed ${kills} times`,
    async () => {
      const random = randomNumbers(seed + 1);
      sender = await startFirst();
      for (let run = 1; run <= kills; run++) {
        const here: Sender = sender;
        const until = receiver.calls + 1 + random.below(20);
        await waitUntil('some calls', () => receiver.calls >= until || here.failures.length > 0);
        expect(here.failures).toEqual([]);
        const gone = once(here.child, 'exit');
        here.child.kill('SIGKILL');
        await gone;
        if (run % 3 === 0) receiver.failFor(minute);
        sender = await start(run);
      }
      await finish(sender);
    },
    60_000 + kills * 10_000,
  );
});
