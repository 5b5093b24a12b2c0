import type { ErrorRequestHandler, NextFunction, Request, Response } from 'express';
import { SyncError, toProblem } from '../../shared/problem.ts';
import type { Logger } from '../logger.ts';
import { requestIdOf } from '../requestContext.ts';

/** When to come again, in seconds, where a 503 does not say it itself: a disk is seldom freed within one. */
const retryAfterDefault = 5;

/** Answers an error as `application/problem+json`, with the headers that its code asks for. */
export function sendProblem(request: Request, response: Response, error: unknown): void {
  const problem = toProblem(error, requestIdOf(request));
  const retryAfterSeconds = problem['retryAfterSeconds'] ?? (problem.status === 503 ? retryAfterDefault : undefined);
  if (typeof retryAfterSeconds === 'number') response.set('Retry-After', String(retryAfterSeconds));
  if (problem.status === 401) response.set('WWW-Authenticate', 'Bearer');
  response.status(problem.status).type('application/problem+json').set('Cache-Control', 'no-store');
  response.end(JSON.stringify(problem));
}

/**
 * The error handler of our own router: every error ends here, known or not.
 *
 * Errors  one that is not ours is logged with its cause and answered as INTERNAL without its words
 */
export function ownProblemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next: NextFunction) => {
    const known = toSyncError(error);
    if (!known)
      logger.error(
        { err: error, requestId: requestIdOf(request), method: request.method, path: request.path },
        'request failed',
      );
    if (response.headersSent) {
      next(error);
      return;
    }
    sendProblem(request, response, known ?? error);
  };
}

/**
 * The error handler for an integrator's own routes: answers errors of the product, and those of Express about the address and
 * of its body parsers, which come before any of our middlewares. Passes every other one on.
 */
export function problemHandler(): ErrorRequestHandler {
  return (error: unknown, request: Request, response: Response, next: NextFunction) => {
    // A URIError without a status was thrown by the integrator's own code: that is no fault of the address.
    const isForeign = error instanceof URIError && (error as { status?: unknown }).status !== 400;
    const known = isForeign ? null : toSyncError(error);
    if (known && !response.headersSent) sendProblem(request, response, known);
    else next(error);
  };
}

/** Errors of Express and its body parsers that have a code of ours: a malformed address, a body refused before we saw it. */
function toSyncError(error: unknown): SyncError | null {
  if (error instanceof SyncError) return error;
  if (error instanceof URIError)
    return new SyncError(
      'BAD_PARAMETER',
      'The address is not valid: a % in it is not followed by two hex digits of UTF-8.',
      { cause: error },
    );
  const type = (error as { type?: unknown } | null)?.type;
  if (type === 'entity.parse.failed') return new SyncError('BODY_NOT_JSON', 'The body is not JSON.', { cause: error });
  if (type === 'entity.too.large')
    return new SyncError('BODY_TOO_LARGE', 'The body is larger than this server accepts.', { cause: error });
  return null;
}
