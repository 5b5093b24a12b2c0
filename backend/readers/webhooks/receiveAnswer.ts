import type { Dispatcher } from 'undici';
import type { ReceivedAnswer } from '../../log/deliveryLog.ts';
import type { Call } from './call.ts';

/** What came back: an answer, or why there is none. */
export type Received =
  | { readonly status: number; readonly answer: ReceivedAnswer }
  /** `isConnected` false where there was no connection to send on. */
  | { readonly status: null; readonly error: unknown; readonly isConnected: boolean };

/** What is read and kept of an answer, in bytes. */
const maxAnswerBytes = 4_096;
/** Headers of an answer that say something to an admin; others may hold what is none of his business. */
const keptHeaders = ['content-type', 'date', 'location', 'retry-after', 'server', 'x-request-id', 'x-sync-shown'];

/**
 * Receives one answer, and ends its request when the call is ended: also one that still waits for a connection.
 *
 * The verdict is in the status: an answer that breaks off or never ends changes nothing about it.
 */
export class ReceiveAnswer implements Dispatcher.DispatchHandler {
  readonly #call: Call;
  readonly #done: (received: Received) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #isDone = false;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] | null = null;
  #size = 0;

  constructor(call: Call, done: (received: Received) => void) {
    this.#call = call;
    this.#done = done;
    call.onEnd = () => {
      this.#finish(null, false);
      this.#controller?.abort(new Error('ended'));
    };
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isDone) controller.abort(new Error('ended'));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // 103 and the like come before the answer.
    if (status < 200) return;
    this.#status = status;
    for (const name of keptHeaders) {
      const value = headers[name];
      if (value !== undefined) this.#headers[name] = String(value).slice(0, 500);
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isDone) return;
    // A copy: the chunk is a part of the memory that the connection reads into.
    (this.#chunks ??= []).push(Buffer.from(chunk.subarray(0, maxAnswerBytes + 1)));
    this.#size += chunk.length;
    if (this.#size <= maxAnswerBytes) return;
    this.#finish(null, false);
    // What a stranger goes on sending is not waited for.
    controller.abort(new Error('too long'));
  }

  onResponseEnd(): void {
    this.#finish(null, true);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: unknown): void {
    this.#finish(error, false);
  }

  #finish(error: unknown, isWhole: boolean): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#call.onEnd = null;
    if (this.#status === 0) return this.#done({ status: null, error, isConnected: this.#controller !== null });
    const body = this.#chunks === null ? '' : Buffer.concat(this.#chunks).subarray(0, maxAnswerBytes).toString('utf8');
    const answer = { headers: this.#headers, body, bodyBytes: isWhole ? this.#size : null };
    this.#done({ status: this.#status, answer });
  }
}
