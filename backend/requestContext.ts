import type { Request } from 'express';
import type { Identity } from './auth/identify.ts';
import type { Audience } from './auth/permissions.ts';

/** What the router found out about a request before any route sees it. */
export interface RequestContext {
  readonly requestId: string;
  readonly identity: Identity;
  readonly audience: Audience;
}

// A WeakMap instead of a property: the request belongs to the host application, and names on it may collide.
const contexts = new WeakMap<object, RequestContext>();

/** Remembers the context of a request. */
export function setContext(request: Request, context: RequestContext): void {
  contexts.set(request, context);
}

/** The context of a request inside our router. */
export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (!context) throw new Error('This request did not come through the router of createSync.');
  return context;
}

/** The request's id where it has one. */
export function requestIdOf(request: Request): string | undefined {
  return contexts.get(request)?.requestId;
}
