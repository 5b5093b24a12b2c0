import type { BenchEffort, BenchRow } from './formatTable.ts';
import { runRounds } from './runRounds.ts';
import { ratioSpread, spreadOf } from './spreadOf.ts';
import { startContestant } from './startContestant.ts';
import { startSubscribers } from './startSubscribers.ts';

/** Compares what an idle connection costs in memory, and how fast a thousand clients catch up on what they missed. */
export async function measureConnections(effort: BenchEffort): Promise<readonly BenchRow[]> {
  const idle = 2_000;
  const late = 200;
  const missed = 200 * effort.seconds;
  const rounds = Math.min(3, effort.rounds);
  const memory = async (name: 'productServer' | 'rawRelayServer'): Promise<number> => {
    const contestant = await startContestant(name, 200);
    const load = startSubscribers();
    const path = name === 'productServer' ? '/api/sync/ws?resources=members' : '/feed';
    try {
      // The first ones pay for what is loaded once.
      await load.open(contestant.url, { path, count: 100, transport: 'websocket' });
      const before = (await contestant.memory()).heapBytes;
      await load.open(contestant.url, { path, count: idle, transport: 'websocket' });
      return ((await contestant.memory()).heapBytes - before) / idle;
    } finally {
      await load.stop();
      await contestant.stop();
    }
  };
  const catchUp = async (name: 'productServer' | 'rawRelayServer'): Promise<number> => {
    const contestant = await startContestant(name, 200);
    const load = startSubscribers();
    try {
      const cursor = name === 'productServer' ? await headOf(contestant.url) : '';
      await contestant.tell(name === 'productServer' ? missed : 0, 1_200);
      const path =
        name === 'productServer' ? `/api/sync/ws?resources=members&since=${cursor}` : `/feed?late=${missed},1200`;
      const greetings = name === 'productServer' ? 1 : 0;
      const startedAt = performance.now();
      await load.open(contestant.url, { path, count: late, transport: 'websocket' });
      await load.received(missed + greetings);
      return (late * missed * 1_000) / (performance.now() - startedAt);
    } finally {
      await load.stop();
      await contestant.stop();
    }
  };
  const names = ['productServer', 'rawRelayServer'] as const;
  const memories = await runRounds({ names, rounds, measure: memory });
  const speeds = await runRounds({ names, rounds, measure: catchUp });
  return [
    {
      measure: 'heap of an idle socket; peer: ws alone',
      ours: `${(spreadOf(memories.productServer).median / 1024).toFixed(1)} kB`,
      peer: `${(spreadOf(memories.rawRelayServer).median / 1024).toFixed(1)} kB`,
      ratio: ratioSpread(memories.productServer, memories.rawRelayServer),
      goal: 'none',
    },
    {
      measure: `${late} clients catching up ${missed} changes each; peer: one buffer over ws`,
      ours: `${Math.round(spreadOf(speeds.productServer).median)}/s`,
      peer: `${Math.round(spreadOf(speeds.rawRelayServer).median)}/s`,
      ratio: ratioSpread(speeds.productServer, speeds.rawRelayServer),
      goal: 'none',
    },
  ];
}

async function headOf(url: string): Promise<string> {
  const { cursor } = (await (await fetch(`${url}/api/sync/status`)).json()) as { cursor: string };
  return cursor;
}
