import type { NextFunction, Request, RequestHandler, Response } from 'express';

/** A route whose rejection reaches the error handler: Express 4 would leave the client waiting for ever. */
export function handle(route: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    route(request, response).catch(next);
  };
}

/** A middleware that waits for something before the next one runs. */
export function handleStep(step: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    step(request, response).then(() => next(), next);
  };
}
