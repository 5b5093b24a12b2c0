import type { Response } from 'express';

const listeners = new WeakMap<Response, (() => void)[]>();

/**
 * Calls back once, when the handler has ended the response.
 *
 * `finish` never comes and `close` comes too early when the client hangs up while the handler is still writing; the call of
 * `response.end` is what says that the handler is done, whoever is still there to read the answer.
 */
export function whenAnswered(response: Response, call: () => void): void {
  const known = listeners.get(response);
  if (known) {
    known.push(call);
    return;
  }
  const calls = [call];
  listeners.set(response, calls);
  const end = response.end.bind(response) as (...parts: unknown[]) => Response;
  response.end = (...parts: unknown[]) => {
    const ended = end(...parts);
    for (const one of calls.splice(0)) one();
    return ended;
  };
}
