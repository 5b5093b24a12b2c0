import { randomBytes } from 'node:crypto';
import express from 'express';
import request from 'supertest';
import { z } from 'zod';
import { createPermissions, type User } from '../../../backend/auth/permissions.ts';
import { createSealer } from '../../../backend/auth/sealer.ts';
import type { Core } from '../../../backend/core.ts';
import { ownProblemHandler } from '../../../backend/middleware/problemHandler.ts';
import { createWebhooks, type WebhooksOptions } from '../../../backend/readers/webhooks/createWebhooks.ts';
import { defineResource, type Resource } from '../../../backend/records/defineResource.ts';
import { createCounters } from '../../../backend/records/counters/createCounters.ts';
import { createSaver } from '../../../backend/records/save.ts';
import { setContext } from '../../../backend/requestContext.ts';
import type { StateStore, Store } from '../../../backend/stores/store.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { memoryStore } from '../../helpers/memoryStore.ts';

const admin: User = { id: 'u1', name: 'Ada', role: 'admin', kind: 'admin' };
const schema = z.object({ name: z.string(), note: z.string().optional() });
const declared = [
  defineResource({ name: 'settings', schema, single: true, public: ['name'] }),
  defineResource({ name: 'team', schema, public: 'all' }),
  defineResource({ name: 'news', schema, public: 'all', drafts: true }),
  defineResource({ name: 'salaries', schema }),
];

/** A clock that stands still until it is told to go on, with timers that hang on it, and not on what time it shows. */
export function createClock(startMs = Date.UTC(2026, 0, 1)) {
  let steadyMs = 0;
  let shownMs = startMs;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => shownMs + steadyMs,
    steadyNow: () => steadyMs,
    timers: {
      after(delayMs: number, callback: () => void) {
        const timer = { at: steadyMs + delayMs, callback };
        timers.add(timer);
        return () => void timers.delete(timer);
      },
    },
    /** Lets time pass; the clock shows each timer its own moment. */
    advance(ms: number) {
      const end = steadyMs + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) break;
        timers.delete(next);
        steadyMs = Math.max(steadyMs, next.at);
        next.callback();
      }
      steadyMs = end;
    },
    /** Somebody sets what the clock shows: below 0 back. */
    turn(ms: number) {
      shownMs += ms;
    },
  };
}

/** One installation with its store, as far as webhooks need it; senders come and go on it as processes would. */
export function createWorld(
  store: Store = memoryStore(),
  clock: Omit<ReturnType<typeof createClock>, 'turn'> = createClock(Date.now()),
  key = randomBytes(32),
) {
  const sealer = createSealer(key);
  const saver = createSaver({ store, sealer, now: clock.now });
  const errors: unknown[] = [];
  const logLines: string[] = [];
  const logLine = (fields: object, message: string): void => void logLines.push(`${JSON.stringify(fields)} ${message}`);
  const core: Core = {
    store,
    saver,
    counters: createCounters(store),
    countSave: () => undefined,
    ifMatch: 'merge',
    permissions: createPermissions({}),
    logger: { debug: logLine, info: logLine, warn: logLine, error: logLine },
    resources: new Map<string, Resource>(declared.map((resource) => [resource.name, resource])),
    limits: { maxBodyBytes: 100_000, maxDepth: 20 },
  };
  const senders: AbortController[] = [];

  return {
    store,
    core,
    key,
    clock,
    errors,
    logLines,
    /** Starts a sender, as a process does. */
    async start(change: Partial<WebhooksOptions> & { state?: StateStore } = {}) {
      const closing = new AbortController();
      senders.push(closing);
      const webhooks = createWebhooks({
        core,
        sealer,
        state: store.state,
        closing: closing.signal,
        allowPrivate: ['127.0.0.0/8'],
        onError: (error) => void errors.push(error),
        now: clock.now,
        steadyNow: clock.steadyNow,
        timers: clock.timers,
        random: () => 0.5,
        ...change,
      });
      await webhooks.start();
      const app = (user: User | null) => {
        const host = express();
        host.use((incoming, _response, next) => {
          const identity = { user, byCookie: false, expiresAt: null };
          setContext(incoming, { requestId: 'r1', identity, audience: core.permissions.audienceOf(user) });
          next();
        });
        host.use('/webhooks', webhooks.router);
        host.use(ownProblemHandler(core.logger));
        return request(host);
      };
      return {
        ...webhooks,
        api: app(admin),
        apiOf: app,
        async add(
          url: string,
          resources?: readonly string[],
          filter: JsonObject = {},
        ): Promise<{ id: string; secret: string }> {
          const answer = await app(admin)
            .post('/webhooks')
            .send({ url, resources, ...filter })
            .expect(201);
          return answer.body as { id: string; secret: string };
        },
        async stop() {
          closing.abort();
          await webhooks.idle();
        },
      };
    },
    /** Saves one record as an admin does; null deletes it. */
    async save(
      resource: string,
      id: string,
      fields: JsonObject | null,
      change: { intent?: 'publish'; notify?: boolean } = {},
    ) {
      const stored = await store.load(resource, id);
      await saver.save({
        resource: core.resources.get(resource) as Resource,
        id,
        intent: change.intent ?? (fields === null ? 'delete' : stored?.record ? 'update' : 'create'),
        body: fields === null ? { kind: 'none' } : { kind: 'fields', fields, unset: [] },
        base: { kind: 'overrule' },
        needsBase: false,
        actor: { id: 'u1', name: 'Ada', kind: 'admin' },
        ...(change.notify === undefined ? {} : { notify: change.notify }),
      });
    },
    async close() {
      for (const sender of senders) sender.abort();
    },
  };
}
