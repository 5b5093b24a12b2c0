import express, { type Router } from 'express';
import { SyncError } from '../shared/problem.ts';
import type { Identify } from './auth/identify.ts';
import type { Permissions } from './auth/permissions.ts';
import { createMayCount } from './createMayCount.ts';
import { handle } from './handle.ts';
import type { Logger } from './logger.ts';
import { ownProblemHandler } from './middleware/problemHandler.ts';
import type { Metrics } from './readers/metrics/createMetrics.ts';
import { webhooksResource } from './readers/webhooks/webhooksResource.ts';

/** What the route stands on. */
export interface MetricsRouteOptions {
  readonly metrics: Metrics;
  /** Resolves once everything is open. */
  readonly identify: () => Promise<Identify>;
  readonly permissions: Permissions;
  readonly logger: Logger;
}

/**
 * Answers the figures to who may `configure`: they tell how much a company works, and on what.
 *
 * Errors  LOGIN_REQUIRED, FORBIDDEN, STORE_UNAVAILABLE
 */
export function metricsRoute({ metrics, identify, permissions, logger }: MetricsRouteOptions): Router {
  const router = express.Router();
  const mayCount = createMayCount({ permissions, logger });
  router.get('/', handle(async (request, response) => {
    const { user } = await (await identify())(request, response);
    if (user === null)
      throw new SyncError('LOGIN_REQUIRED', 'Send "Authorization: Bearer" with the token that is set as BACKOFFICE_API_TOKEN.');
    // Not for who is divided from others by a scope: they tell of everybody's records.
    if (!mayCount(user, webhooksResource))
      throw new SyncError('FORBIDDEN', `${user.name} may not read the figures.`);
    const { contentType, body } = await metrics.text();
    response.set('Cache-Control', 'no-store').set('Content-Type', contentType).send(body);
  })); // prettier-ignore
  router.use(ownProblemHandler(logger));
  return router;
}
