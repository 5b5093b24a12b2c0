import { Counter, Gauge, type Registry } from 'prom-client';

/** What is asked at each scrape; nothing of it is counted twice. */
export interface MeasuredParts {
  readonly head: () => number;
  readonly isReady: () => Promise<boolean>;
  readonly saver: { readonly busyRecords: number; readonly blindSaves: number };
  /** By transport, and how many clients they belong to. */
  readonly connections: () => Readonly<Record<string, number>> & { readonly clients: number };
  readonly presence: () => { readonly channels: number; readonly members: number; readonly users: number };
  readonly messages: () => { readonly kept: number; readonly pushedOut: number; readonly lag: number };
  /** Null where the integrator's code has none. */
  readonly cache: () => {
    readonly hits: number;
    readonly misses: number;
    readonly joined: number;
    readonly skipped: number;
  } | null;
  /** Null for nodes that share none. */
  readonly redis: () => { readonly isReached: boolean; readonly misses: number } | null;
  /** A name before a colon is a kind of reader, of which there may be thousands. */
  readonly readers: () => readonly { readonly name: string; readonly seq: number }[];
}

const prefix = 'backoffice_sync_';

/** Registers everything that an installation can say of itself at the moment that it is asked. */
export function registerMetrics(registry: Registry, parts: MeasuredParts): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void => {
    registry.registerMetric(
      new Gauge({
        name: `${prefix}${name}`,
        help,
        registers: [],
        async collect() {
          this.set(await read());
        },
      }),
    );
  };
  const gauges = (name: string, help: string, label: string, read: () => Iterable<readonly [string, number]>): void => {
    registry.registerMetric(
      new Gauge({
        name: `${prefix}${name}`,
        help,
        labelNames: [label],
        registers: [],
        collect() {
          this.reset();
          for (const [value, count] of read()) this.set({ [label]: value }, count);
        },
      }),
    );
  };
  // The part itself counts; what is told is its number and never a sum of the numbers of two scrapes.
  const counter = (name: string, help: string, read: () => number): void => {
    registry.registerMetric(
      new Counter({
        name: `${prefix}${name}`,
        help,
        registers: [],
        collect() {
          this.reset();
          this.inc(read());
        },
      }),
    );
  };

  gauge('ready', '1 while a save would work.', async () => ((await parts.isReady()) ? 1 : 0));
  gauge('log_head', 'The number of the newest entry of the log.', parts.head);
  gauge('records_being_saved', 'Records with saves on their way.', () => parts.saver.busyRecords);
  gauge('connection_clients', 'Clients that the live connections belong to.', () => parts.connections().clients);
  gauges('connections', 'Live connections, a held poll counting while it is held.', 'transport', () =>
    Object.entries(parts.connections()).filter(([name]) => name !== 'clients'),
  );
  gauges('presence', 'Who is where.', 'of', () => Object.entries(parts.presence()));
  gauge('messages_kept', 'Messages that are told to who comes now.', () => parts.messages().kept);
  gauges('reader_lag_entries', 'Entries that the slowest reader of each kind has not read yet.', 'reader', () =>
    lags(parts),
  );
  gauges('readers', 'Readers of the log, by kind.', 'reader', () =>
    counted(parts.readers().map(({ name }) => kindOf(name))),
  );
  counter('blind_saves_total', 'Saves that replaced something without a base.', () => parts.saver.blindSaves);
  counter(
    'messages_pushed_out_total',
    'Messages that newer ones pushed out before their time.',
    () => parts.messages().pushedOut,
  );
  // Without a Redis there is nothing to say: a 0 would look like one that is away.
  gauges('redis_reached', '1 while the nodes count their limits together.', 'for', () => {
    const redis = parts.redis();
    return redis === null ? [] : [['limits', redis.isReached ? 1 : 0]];
  });
  gauges(
    'redis_misses',
    'Questions that Redis did not answer since the start; this node answered alone.',
    'for',
    () => {
      const redis = parts.redis();
      return redis === null ? [] : [['limits', redis.misses]];
    },
  );
  registry.registerMetric(
    new Counter({
      name: `${prefix}cache_reads_total`,
      help: 'Reads through the service cache; the hit rate is hits by the sum.',
      labelNames: ['result'],
      registers: [],
      collect() {
        this.reset();
        const stats = parts.cache();
        for (const result of ['hits', 'misses', 'joined', 'skipped'] as const)
          if (stats) this.inc({ result }, stats[result]);
      },
    }),
  );
}

function kindOf(name: string): string {
  return name.split(':')[0] ?? name;
}

function* lags({ head, readers, messages }: MeasuredParts): Iterable<readonly [string, number]> {
  const newest = head();
  const worst = new Map<string, number>([['messages', messages().lag]]);
  for (const { name, seq } of readers()) {
    const kind = kindOf(name);
    worst.set(kind, Math.max(worst.get(kind) ?? 0, newest - seq));
  }
  yield* worst;
}

function counted(names: readonly string[]): Iterable<readonly [string, number]> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
