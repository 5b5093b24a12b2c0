import { pathToFileURL } from 'node:url';

/** What is simulated: nodes that merge, each with one round of writes under way, and logs whose places are given one round at a time. */
export interface ScaleModel {
  /** Saves that arrive in a second, at all nodes together, evenly but at random. */
  readonly savesPerSecond: number;
  readonly nodes: number;
  /** Logs that the saves are spread over; one is what the product has. */
  readonly logs: number;
}

/** What came out. */
export interface ScaleOutcome {
  /** Acknowledged in a second of the second half. */
  readonly perSecond: number;
  /** Milliseconds from the arrival to the answer, of 99 in 100 in the second half. */
  readonly p99: number;
}

/**
 * Milliseconds: merging and answering a save; the part of a round that rounds of other nodes may do at the same time, and each of its
 * writes; the part under the lock of the log with its sync, and each of its writes. A round as a whole is what docs/scale.md says of
 * statements of 1, 10 and 50 writes: 1.4, 1.9 and 4.3. Where it is divided by the lock is an estimate.
 *
 * Left out: what each node asks for the rounds of the others, which grows with the square of the nodes.
 */
const cost = { save: 0.6, round: 0.94, write: 0.04, locked: 0.4, lockedWrite: 0.02 } as const;
const maxRound = 500;
const secondsSimulated = 1;

/** Runs the model for a second of its own time; the same numbers come out each time. */
export function simulateScale({ savesPerSecond, nodes, logs }: ScaleModel): ScaleOutcome {
  const random = createRandom(7);
  const end = secondsSimulated * 1_000;
  const lockFreeAt = Array.from({ length: logs }, () => 0);
  const state = Array.from({ length: nodes }, () => ({
    ready: [] as { readonly came: number; readonly at: number }[],
    freeAt: 0,
  }));
  for (const node of state) {
    let processorFreeAt = 0;
    for (let came = 0; came < end; came += (-Math.log(1 - random()) * 1_000 * nodes) / savesPerSecond) {
      processorFreeAt = Math.max(processorFreeAt, came) + cost.save;
      if (processorFreeAt >= end) break;
      node.ready.push({ came, at: processorFreeAt });
    }
    node.ready.reverse();
  }
  const waits: number[] = [];
  for (;;) {
    // The node whose next round begins first.
    let next: (typeof state)[number] | null = null;
    let begin = end;
    for (const node of state) {
      const first = node.ready.at(-1);
      if (first === undefined || Math.max(first.at, node.freeAt) >= begin) continue;
      [next, begin] = [node, Math.max(first.at, node.freeAt)];
    }
    if (next === null) break;
    const round: number[] = [];
    while (round.length < maxRound && (next.ready.at(-1)?.at ?? end) <= begin) round.push(next.ready.pop()?.came ?? 0);
    const log = Math.floor(random() * logs);
    const lockedAt = Math.max(begin + cost.round + cost.write * round.length, lockFreeAt[log] ?? 0);
    next.freeAt = lockedAt + cost.locked + cost.lockedWrite * round.length;
    lockFreeAt[log] = next.freeAt;
    if (next.freeAt < end) for (const came of round) if (next.freeAt >= end / 2) waits.push(next.freeAt - came);
  }
  waits.sort((a, b) => a - b);
  return {
    perSecond: Math.round(waits.length / (secondsSimulated / 2)),
    p99: waits[Math.floor(waits.length * 0.99)] ?? Number.NaN,
  };
}

/** The table of docs/scale.md. */
export function scaleTable(): string {
  const rows: readonly ScaleModel[] = [
    { savesPerSecond: 400, nodes: 1, logs: 1 },
    { savesPerSecond: 4_000, nodes: 1, logs: 1 },
    { savesPerSecond: 4_000, nodes: 3, logs: 1 },
    { savesPerSecond: 40_000, nodes: 30, logs: 1 },
    { savesPerSecond: 40_000, nodes: 30, logs: 4 },
    { savesPerSecond: 400_000, nodes: 300, logs: 1 },
    { savesPerSecond: 400_000, nodes: 300, logs: 64 },
  ];
  const lines = rows.map((model) => {
    const { perSecond, p99 } = simulateScale(model);
    const rounded = perSecond >= 1_000 ? Math.round(perSecond / 100) * 100 : Math.round(perSecond / 10) * 10;
    const numbers = [model.savesPerSecond, model.nodes, model.logs, rounded].map((one) => one.toLocaleString('en'));
    return `| ${numbers.join(' | ')} | ${perSecond < model.savesPerSecond * 0.95 ? 'grows' : `${Math.ceil(p99)} ms`} |`;
  });
  return [
    '| saves a second | nodes | logs | acknowledged | 99 of 100 within |',
    '|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(`${scaleTable()}\n`);
