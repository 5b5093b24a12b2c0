import type { SyncEvent } from '../../shared/protocol/events.ts';

/** An event as it came, with its place. */
export interface ReceivedEvent {
  readonly id: string;
  readonly event: SyncEvent;
}

/** An open stream that a test reads from and can cut. */
export interface OpenStream {
  readonly status: number;
  readonly headers: Headers;
  /** The last `id` that came, with or without data. */
  lastId(): string;
  /** The next events, waited for until there are so many. */
  take(count: number): Promise<readonly ReceivedEvent[]>;
  cut(): Promise<void>;
}

/** Reads server-sent events with plain fetch: no client of ours in between. */
export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<OpenStream> {
  const controller = new AbortController();
  const response = await fetch(url, { headers, signal: controller.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const events: ReceivedEvent[] = [];
  let buffer = '';
  let last = '';

  async function readMore(): Promise<void> {
    const chunk = await reader?.read();
    if (!chunk || chunk.done) throw new Error('The stream ended.');
    buffer += chunk.value;
    for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
      const lines = buffer.slice(0, end).split('\n');
      buffer = buffer.slice(end + 2);
      const id = lines.find((line) => line.startsWith('id: '))?.slice(4);
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6);
      if (id !== undefined) last = id;
      if (data !== undefined) events.push({ id: id ?? '', event: JSON.parse(data) as SyncEvent });
    }
  }
  if (response.ok) while (last === '') await readMore();

  return {
    status: response.status,
    headers: response.headers,
    lastId: () => last,
    async take(count) {
      while (events.length < count) await readMore();
      return events.splice(0, count);
    },
    async cut() {
      controller.abort();
      await reader?.cancel().catch(() => undefined);
    },
  };
}
