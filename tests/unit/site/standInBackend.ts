import { vi } from 'vitest';

/** The newest stream of the page, as the test drives it. */
export class StandInEventSource {
  static readonly opened: StandInEventSource[] = [];
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  isClosed = false;
  readonly url: URL;

  constructor(url: string) {
    this.url = new URL(url, 'http://site.test');
    StandInEventSource.opened.push(this);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** The stream that the page listens to now. */
export function currentStream(): StandInEventSource {
  const stream = StandInEventSource.opened.at(-1);
  if (!stream || stream.isClosed) throw new Error('the page listens to no stream');
  return stream;
}

/** Sends one event down the current stream. */
export function send(event: object): void {
  currentStream().onmessage?.({ data: JSON.stringify(event) });
}

/** Puts a backend with these snapshots, one after the other, in the place of the network; returns the URLs that were read. */
export function answerSnapshots(...snapshots: (object | 'no network')[]): string[] {
  const read: string[] = [];
  StandInEventSource.opened.length = 0;
  vi.stubGlobal('EventSource', StandInEventSource);
  vi.stubGlobal('fetch', (url: string) => {
    read.push(url);
    const next = snapshots.length > 1 ? snapshots.shift() : snapshots[0];
    return next === 'no network'
      ? Promise.reject(new TypeError('no network'))
      : Promise.resolve(new Response(JSON.stringify(next)));
  });
  return read;
}
