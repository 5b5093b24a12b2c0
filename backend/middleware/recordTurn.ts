import type { Request, Response } from 'express';
import type { RecordLock } from './recordLock.ts';
import { whenAnswered } from './whenAnswered.ts';

/** Who takes a turn, and what has to happen before the next one. */
export interface TurnRequest {
  readonly lock: RecordLock;
  readonly name: string;
  readonly request: Request;
  readonly response: Response;
  readonly timeoutMs: number;
  /** Runs after the answer and before the next turn. */
  readonly afterResponse: () => Promise<unknown>;
  /** Called once when the turn has ended, whatever ended it. */
  readonly onEnd?: () => void;
}

/**
 * Waits for the turn of a record and holds it until the handler has answered; null when the client left before it came.
 *
 *   waiting --client leaves--> out of the queue
 *   waiting --turn--> held --handler answers--> afterResponse --> released
 *                      held --client leaves, no answer for timeoutMs--> released
 *
 * A client that leaves does not end the turn: its handler is still writing. What comes back ends it for a request whose
 * handler will never run.
 *
 * Errors  SAVE_BUSY when the turn does not come in time
 */
export async function takeTurn(turn: TurnRequest): Promise<(() => void) | null> {
  const { request, response, timeoutMs } = turn;
  if (isGone(request, response)) return null;
  const leaving = new AbortController();
  const stopWatching = whenCut(request, response, () => leaving.abort());
  let release: (() => void) | null;
  try {
    release = await turn.lock.take(turn.name, timeoutMs, leaving.signal);
  } finally {
    stopWatching();
  }
  if (!release) return null;
  if (isGone(request, response)) {
    release();
    return null;
  }
  return holdTurn(turn, release);
}

function holdTurn(turn: TurnRequest, release: () => void): () => void {
  const { request, response, timeoutMs, afterResponse, onEnd } = turn;
  let ceiling: NodeJS.Timeout | undefined;
  let isHeld = true;
  const end = () => {
    clearTimeout(ceiling);
    if (!isHeld) return;
    isHeld = false;
    // Before the next turn begins, which asks whether there was one.
    onEnd?.();
    release();
  };
  const releaseAtTheLatest = () => {
    clearTimeout(ceiling);
    if (isHeld) ceiling = setTimeout(end, timeoutMs).unref();
  };
  const stopWatching = whenCut(request, response, releaseAtTheLatest);
  whenAnswered(response, () => {
    stopWatching();
    // What follows the answer may hang too, in a database that is away.
    releaseAtTheLatest();
    void afterResponse().finally(end);
  });
  return () => {
    stopWatching();
    end();
  };
}

/** A response that waits behind another one of its connection has no socket yet and never closes, so the socket is asked too. */
function isGone(request: Request, response: Response): boolean {
  return response.closed || response.destroyed || request.socket.destroyed;
}

/** Calls back once when the connection is gone; returns what stops that. */
function whenCut({ socket }: Request, response: Response, call: () => void): () => void {
  const stop = () => {
    response.off('close', cut);
    socket.off('close', cut);
  };
  const cut = () => {
    stop();
    call();
  };
  response.once('close', cut);
  socket.once('close', cut);
  return stop;
}
