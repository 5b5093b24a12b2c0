import type { IncomingMessage } from 'node:http';
import type { SubscriptionRequest } from '../../../shared/protocol/frames.ts';
import { frameLimits } from '../../../shared/protocol/frames.ts';
import { parseFilter, type Filter } from '../../../shared/protocol/filter.ts';
import { isChannelName, presenceLimits } from '../../../shared/protocol/presence.ts';
import { nearestName } from '../../../shared/nearestName.ts';
import { SyncError } from '../../../shared/problem.ts';
import type { Audience } from '../../auth/permissions.ts';
import type { Resource } from '../../records/defineResource.ts';
import { refuseFilter } from '../../records/refuseFilter.ts';
import type { RealtimeParts } from './realtimeParts.ts';

/** What a connection follows, checked: every name exists, and every field of a filter may be read. */
export interface Subscription {
  readonly resources: ReadonlySet<string>;
  readonly filters: readonly Filter[];
  readonly messages: boolean;
  readonly channels: readonly string[];
  /** Null: events are told as they come. */
  readonly eventsPerSecond: number | null;
  /** Readers of one audience whose texts are equal are told the same events. */
  readonly key: string;
}

/** The most events of one record per second that a client can ask for; more is as they come. */
const maxEventsPerSecond = 100;
/** One event of a record in 50 seconds; what is held longer could as well be asked for. */
const minEventsPerSecond = 0.02;

/** The query of a request, every value of every name. */
export function queryOf(request: IncomingMessage & { readonly originalUrl?: string }): URLSearchParams {
  return new URL(request.originalUrl ?? request.url ?? '/', 'http://relative').searchParams;
}

/**
 * Reads a subscription out of the query of an address: `resources`, `filter` (also several), `messages`, `channels`,
 * `eventsPerSecond`, `signedIn`.
 *
 * Errors  BAD_PARAMETER
 */
export function subscriptionOfQuery(query: URLSearchParams): SubscriptionRequest {
  const list = (name: string): readonly string[] | undefined => {
    const all = query.getAll(name);
    if (all.length === 0) return undefined;
    return all
      .join(',')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  };
  const resources = list('resources');
  const channels = list('channels');
  const eventsPerSecond = query.get('eventsPerSecond');
  const since = query.get('since');
  return {
    ...(resources ? { resources } : {}),
    filters: query.getAll('filter').filter((text) => text !== ''),
    messages: ['1', 'true'].includes(query.get('messages') ?? ''),
    ...(channels ? { channels } : {}),
    ...(eventsPerSecond === null ? {} : { eventsPerSecond: Number(eventsPerSecond) }),
    ...(since === null || since === '' ? {} : { since }),
    ...(['1', 'true'].includes(query.get('signedIn') ?? '') ? { signedIn: true } : {}),
  };
}

/**
 * Checks what somebody wants to follow. Silence would look like "no changes", so everything that cannot be had is refused.
 *
 * Errors  BAD_PARAMETER for an unknown name, field or operator; LOGIN_REQUIRED or FORBIDDEN for what may not be read: a
 *         filter on a hidden field would tell its value by what arrives
 */
export function readSubscription(parts: RealtimeParts, audience: Audience, request: SubscriptionRequest): Subscription {
  if (audience.user === null && request.signedIn === true)
    throw new SyncError('LOGIN_REQUIRED', 'Your session ended. Sign in again, or go on without it as a visitor.');
  const resources = readResources(parts, audience, request.resources);
  const filters = readFilters(parts, audience, resources, request.filters ?? []);
  const channels = readChannels(request.channels ?? []);
  const eventsPerSecond = request.eventsPerSecond ?? null;
  if (eventsPerSecond !== null && !(Number.isFinite(eventsPerSecond) && eventsPerSecond >= minEventsPerSecond))
    throw new SyncError('BAD_PARAMETER', `"eventsPerSecond" has to be a number of at least ${minEventsPerSecond}.`);
  const messages = request.messages === true;
  const { user } = audience;
  if (user === null && (messages || channels.length > 0))
    throw new SyncError('LOGIN_REQUIRED', 'Messages and channels are for people who sign in.');
  const isLimited = eventsPerSecond !== null && eventsPerSecond < maxEventsPerSecond;
  return {
    resources: new Set(resources.map((resource) => resource.name)),
    filters,
    messages,
    channels,
    eventsPerSecond: isLimited ? eventsPerSecond : null,
    key: JSON.stringify([resources.map((resource) => resource.name).sort(), filters, messages, channels]),
  };
}

function readResources(
  parts: RealtimeParts,
  { user }: Audience,
  names: readonly string[] | undefined,
): readonly Resource[] {
  const readable = [...parts.resources.values()].filter((resource) =>
    parts.permissions.can(user, 'read', resource, null),
  );
  if (names === undefined) return readable.filter((resource) => resource.live !== false);
  return [...new Set(names)].map((name) => {
    const resource = parts.resources.get(name);
    const known = readable.map((one) => one.name);
    if (resource === undefined) {
      const nearest = nearestName(name, known);
      const hint = nearest ? ` Did you mean "${nearest}"?` : '';
      throw new SyncError(
        'BAD_PARAMETER',
        `There is no resource "${name.slice(0, 100)}".${hint} Known: ${known.join(', ')}.`,
      );
    }
    if (resource.live === false && readable.includes(resource))
      throw new SyncError(
        'BAD_PARAMETER',
        `"${name}" is declared with \`live: false\`; read it, or take it as a webhook.`,
      );
    if (readable.includes(resource)) return resource;
    if (user === null) throw new SyncError('LOGIN_REQUIRED', `Sign in to follow "${name}".`);
    throw new SyncError('FORBIDDEN', `${user.name} may not follow "${name}".`);
  });
}

function readFilters(
  parts: RealtimeParts,
  audience: Audience,
  resources: readonly Resource[],
  texts: readonly string[],
): readonly Filter[] {
  if (texts.length > frameLimits.maxFilters)
    throw new SyncError('BAD_PARAMETER', `At most ${frameLimits.maxFilters} filters; ${texts.length} came.`);
  return texts.map((text) => {
    const parsed = parseFilter(text);
    if ('fault' in parsed) throw new SyncError('BAD_PARAMETER', parsed.fault);
    const { filter } = parsed;
    const filtered = resources.filter(({ name }) => filter.resource === null || filter.resource === name);
    if (filtered.length === 0)
      throw new SyncError(
        'BAD_PARAMETER',
        `The filter "${text.slice(0, 100)}" is for a resource that is not followed.`,
      );
    for (const resource of filtered) refuseFilter(parts.permissions, audience, resource, filter);
    return filter;
  });
}

function readChannels(channels: readonly string[]): readonly string[] {
  const names = [...new Set(channels)];
  if (names.length > presenceLimits.maxChannels)
    throw new SyncError('BAD_PARAMETER', `At most ${presenceLimits.maxChannels} channels; ${names.length} came.`);
  const bad = names.find((name) => !isChannelName(name));
  if (bad !== undefined)
    throw new SyncError(
      'BAD_PARAMETER',
      `"${String(bad).slice(0, 100)}" is no name of a channel: letters, digits and _ . : - are.`,
    );
  return names;
}
