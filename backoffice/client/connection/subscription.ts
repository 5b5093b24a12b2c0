import { formatFilter, type Filter } from '../../../shared/protocol/filter.ts';
import { frameLimits, type SubscriptionRequest } from '../../../shared/protocol/frames.ts';

/** What one local listener wants. */
export interface Wants {
  readonly resources: readonly string[];
  readonly filters: readonly Filter[];
  readonly messages: boolean;
  readonly channels: readonly string[];
  readonly eventsPerSecond: number | null;
}

/**
 * What the connection asks the server for, once: everything that its members want together.
 *
 * A frame belongs to the subscription under which the server told it, and moves its members only. Between `subscribe` and
 * its answer frames of the one before still come; a member that just arrived must not be moved by them.
 */
export interface Subscription {
  readonly request: SubscriptionRequest;
  /** Equal for two subscriptions that differ in nothing but the place they begin at. */
  readonly key: string;
  /** The place up to which this subscription told everything; null until the server answered. */
  told: string | null;
}

/** A request for everything that somebody wants. More than each wants is right, less is not. */
export function uniteWants(all: readonly Wants[]): Omit<SubscriptionRequest, 'since'> {
  const followers = all.filter((one) => one.resources.length > 0);
  const resources = distinct(followers.flatMap((one) => one.resources));
  const filters = resources.flatMap((resource) => sharedFilters(resource, followers));
  const channels = distinct(all.flatMap((one) => one.channels));
  const rates = followers.map((one) => one.eventsPerSecond);
  const rate = rates.length === 0 || rates.includes(null) ? null : Math.max(...rates.map(Number));
  return {
    resources,
    // Without them more comes than is wanted, and is dropped here; the server takes so many at most.
    ...(filters.length > 0 && filters.length <= frameLimits.maxFilters ? { filters } : {}),
    ...(all.some((one) => one.messages) ? { messages: true } : {}),
    ...(channels.length > 0 ? { channels } : {}),
    ...(rate === null ? {} : { eventsPerSecond: rate }),
  };
}

/** The query of an address that asks for a subscription. */
export function queryOf({
  resources,
  filters,
  messages,
  channels,
  eventsPerSecond,
  since,
  signedIn,
}: SubscriptionRequest): URLSearchParams {
  const query = new URLSearchParams();
  if (resources) query.set('resources', resources.join(','));
  for (const filter of filters ?? []) query.append('filter', filter);
  if (messages) query.set('messages', '1');
  if (channels && channels.length > 0) query.set('channels', channels.join(','));
  if (eventsPerSecond !== undefined) query.set('eventsPerSecond', String(eventsPerSecond));
  if (since !== undefined) query.set('since', since);
  if (signedIn) query.set('signedIn', '1');
  return query;
}

/**
 * What all followers of a resource ask of it, when they ask the same.
 *
 * With less in common the server filters nothing: a deletion by which a record leaves a filter says the id only, and could
 * not be judged by the filters that are left.
 */
function sharedFilters(resource: string, followers: readonly Wants[]): readonly string[] {
  const [first = [], ...others] = followers
    .filter((one) => one.resources.includes(resource))
    .map((one) => distinct(one.filters.filter(isFor(resource)).map((filter) => formatFilter({ ...filter, resource }))));
  return others.every((list) => list.join('\n') === first.join('\n')) ? first : [];
}

function isFor(resource: string): (filter: Filter) => boolean {
  return (filter) => filter.resource === null || filter.resource === resource;
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
