import { act, renderHook } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useWebSocket, type WebSocketOptions } from 'backoffice-sync/react';

/** A socket whose other end is the test. */
class TestSocket {
  static all: TestSocket[] = [];
  readyState = 0;
  readonly sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    this.url = url;
    TestSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    act(() => this.onopen?.());
  }
  say(...frames: unknown[]): void {
    act(() => {
      for (const frame of frames) this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    });
  }
  end(code: number): void {
    this.readyState = 3;
    act(() => this.onclose?.({ code, reason: '' }));
  }
}

beforeEach(() => {
  TestSocket.all = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function open(options: WebSocketOptions = {}) {
  return renderHook(
    (changed: WebSocketOptions) =>
      useWebSocket('/api/ws/notifications', {
        WebSocket: TestSocket as unknown as typeof WebSocket,
        ...options,
        ...changed,
      }),
    { initialProps: {}, wrapper: StrictMode },
  );
}
const last = (): TestSocket => {
  const socket = TestSocket.all.at(-1);
  if (!socket) throw new Error('No socket was opened.');
  return socket;
};

it('every message of a burst calls back, and the last one is for display', () => {
  const seen: unknown[] = [];
  const { result } = open({ onMessage: (message) => seen.push(message) });
  expect(last().url).toMatch(/^ws:\/\/localhost(:\d+)?\/api\/ws\/notifications$/);
  last().open();
  expect(result.current.isConnected).toBe(true);
  last().say({ type: 'a' }, { type: 'b' }, 'no JSON');
  expect(seen).toEqual([{ type: 'a' }, { type: 'b' }, 'no JSON']);
  expect(result.current.lastMessage).toBe('no JSON');
});

it('ten renders open one socket, and one that is gone is closed and silent', () => {
  const seen: unknown[] = [];
  const { rerender, unmount } = open({ onMessage: (message) => seen.push(message) });
  const mounted = TestSocket.all.length;
  for (let count = 0; count < 10; count += 1) rerender({ onMessage: (message: unknown) => seen.push(message) });
  expect(TestSocket.all).toHaveLength(mounted);
  // React mounts twice in development: the first one was closed.
  expect(TestSocket.all.filter(({ readyState }) => readyState !== 3)).toHaveLength(1);
  last().open();
  unmount();
  expect(last().readyState).toBe(3);
  last().say({ type: 'late' });
  expect(seen).toEqual([]);
});

it('a cut socket is opened again in less than three seconds, and not where autoReconnect is false', () => {
  const { result, rerender } = open();
  last().open();
  const before = TestSocket.all.length;
  last().end(1006);
  expect(result.current.isConnected).toBe(false);
  act(() => void vi.advanceTimersByTime(3000));
  expect(TestSocket.all).toHaveLength(before + 1);
  rerender({ autoReconnect: false });
  const open2 = TestSocket.all.length;
  last().end(1006);
  act(() => void vi.advanceTimersByTime(60_000));
  expect(TestSocket.all).toHaveLength(open2);
  act(() => result.current.reconnect());
  expect(TestSocket.all).toHaveLength(open2 + 1);
});

it('a refusal is said once and not tried again for ever', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  open();
  const before = TestSocket.all.length;
  last().end(4403);
  act(() => void vi.advanceTimersByTime(60_000));
  expect(TestSocket.all).toHaveLength(before);
  expect(warn.mock.calls.flat()).toEqual([expect.stringContaining('you may not enter')]);
});

it('a refusal that says when to come back is tried again, and one after it that does not is final', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { result } = open({ reconnectInterval: 10 });
  last().open();
  const before = TestSocket.all.length;
  last().say({ type: 'error', problem: { code: 'LOGIN_REQUIRED', retryAfterSeconds: 1 } });
  last().end(4401);
  expect(result.current.isConnected).toBe(false);
  act(() => void vi.advanceTimersByTime(999));
  expect(TestSocket.all).toHaveLength(before);
  act(() => void vi.advanceTimersByTime(1_001));
  expect(TestSocket.all).toHaveLength(before + 1);
  expect(warn).not.toHaveBeenCalled();
  last().open();
  last().say({ type: 'error', problem: { code: 'LOGIN_REQUIRED' } });
  last().end(4401);
  act(() => void vi.advanceTimersByTime(60_000));
  expect(TestSocket.all).toHaveLength(before + 1);
  expect(warn.mock.calls.flat()).toEqual([expect.stringContaining('sign in first')]);
});

it('send says whether an open socket took it', () => {
  const { result } = open();
  expect(result.current.send({ type: 'a' })).toBe(false);
  last().open();
  expect(result.current.send({ type: 'a' })).toBe(true);
  expect(last().sent).toEqual(['{"type":"a"}']);
});
