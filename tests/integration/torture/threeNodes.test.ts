import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../../shared/change.ts';
import { startTestDatabase } from '../../helpers/postgres.ts';
import { waitUntil } from '../../helpers/waitUntil.ts';
import { faultsOfLog, faultsOfReader } from './faultsOfLog.ts';
import { reportFigures } from './reportFigures.ts';
import { startLoad, type Load } from './startLoad.ts';
import { startNode, type RunningNode } from './startNode.ts';
import { startOrderlyReceiver, type OrderlyReceiver } from './startOrderlyReceiver.ts';
import { startPartitionProxy, type PartitionProxy } from './startPartitionProxy.ts';
import { startRoundRobin, type RoundRobin } from './startRoundRobin.ts';

/** How long one node cannot reach the database; `PARTITION_MS=30000` for the long form. */
const partitionMs = Number(process.env['PARTITION_MS'] ?? 8_000);
const answerTimeoutMs = 1_500;
/** A request waits for an answer of the database at most three times: what was under way, its own, and the look after it. */
const slowestMs = 4 * answerTimeoutMs;
const token = 'torture-token-1234';
const database = await startTestDatabase();
afterAll(() => database?.stop());

describe.skipIf(database === null)(`three nodes, one without its database for ${partitionMs} ms, one killed`, () => {
  if (database === null) return;
  const schema = database.createSchemaName();
  const secretKey = randomBytes(32).toString('base64');
  const lines: PartitionProxy[] = [];
  const nodes: (RunningNode | null)[] = [null, null, null];
  let receiver: OrderlyReceiver;
  let balancer: RoundRobin;
  let load: Load;
  let log: readonly Change[] = [];

  async function start(index: number): Promise<void> {
    const address = new URL(database?.url ?? '');
    address.port = String(lines[index]?.port);
    nodes[index] = await startNode({
      program: './clusterNode.ts',
      args: [address.href, schema, token, secretKey, String(answerTimeoutMs)],
      portOf: (line) => /^listening (\d+)/.exec(line)?.[1],
    });
  }

  async function kill(index: number): Promise<void> {
    const node = nodes[index];
    nodes[index] = null;
    node?.signal('SIGKILL');
    await node?.gone;
  }

  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${balancer.url}/api/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' },
    });
  beforeAll(
    async () => {
      for (let index = 0; index < 3; index++) lines.push(await startPartitionProxy(Number(new URL(database.url).port)));
      await start(0);
      await Promise.all([1, 2].map(start));
      balancer = await startRoundRobin(() => nodes.flatMap((node) => node?.port ?? []));
      receiver = await startOrderlyReceiver();
      const registered = await send('webhooks', { method: 'POST', body: JSON.stringify({ url: receiver.url }) });
      expect(registered.status).toBe(201);
      load = await startLoad({ url: balancer.url, token, pairs: 3, head: () => database.headOf(schema) });
      await fall();
      log = await load.finish();
      reportFigures({
        falls: { 'seconds of partition': partitionMs / 1_000, kills: 1 },
        acknowledged: load.acknowledged.length,
        faults: faultsOfLog(log, load.acknowledged),
        gaps: load.readers.flatMap((reader) => faultsOfReader(reader, log)),
      });
    },
    120_000 + 3 * partitionMs,
  );

  afterAll(async () => {
    for (const index of nodes.keys()) await kill(index);
    await load?.stop();
    for (const end of [balancer, receiver, ...lines]) await end?.close();
  });

  async function fall(): Promise<void> {
    await load.more(60);
    lines[0]?.partition();
    const healed = Date.now() + partitionMs;
    await load.more(60);
    await kill(1);
    await load.more(30);
    await start(1);
    await waitUntil('the partition is over', () => Date.now() >= healed, 2 * partitionMs);
    lines[0]?.heal();
    await waitUntil('the node that was cut off saves again', async () => {
      const answer = await fetch(`http://127.0.0.1:${nodes[0]?.port}/api/board`, {
        method: 'PATCH',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ healed: Date.now() }),
      });
      return answer.status === 200;
    });
    await load.more(60);
  }

  it('answers every save with success, or with 503 and when to come again, within a bounded time', () => {
    expect(load.faults).toEqual([]);
    expect(load.answers.filter(({ status }) => ![0, 200, 201, 503].includes(status))).toEqual([]);
    // It was really cut off.
    expect(load.answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    expect(Math.max(...load.answers.map(({ tookMs }) => tookMs))).toBeLessThan(slowestMs);
  });

  it('keeps every acknowledged save once, with its values and its version', () => {
    expect(load.acknowledged.length).toBeGreaterThan(200);
    expect(faultsOfLog(log, load.acknowledged)).toEqual([]);
  });

  it('tells every subscriber every change once and in order, on whichever node it was', () => {
    expect(load.readers.map((reader) => faultsOfReader(reader, log))).toEqual(load.readers.map(() => []));
    expect(load.readers.map(({ resets }) => resets)).toEqual(load.readers.map(() => []));
  });

  it('tells webhooks the newest version of every record, none backwards, and a repeat only under its id', async () => {
    const newest = new Map(log.map(({ resource, id, version }) => [`${resource}/${id}`, version]));
    await waitUntil(
      'everything is told',
      () => [...newest].every(([name, version]) => receiver.newest.get(name) === version),
      30_000,
    );
    expect(receiver.wrongs).toEqual([]);
  }, 40_000);
});
