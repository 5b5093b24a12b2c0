/** One receiver of webhooks, as the API answers it; times are ISO 8601 in UTC. */
export interface Endpoint extends EndpointSettings {
  readonly id: string;
  /** False while it is paused, and when it was switched off. */
  readonly active: boolean;
  /** Why the server switched it off; null when a person paused it. */
  readonly disabledReason: string | null;
  readonly createdAt: string;
  /** The first failure since the last success; null while all is well. */
  readonly failingSince: string | null;
  /** Before this moment the receiver asked not to be called. */
  readonly quietUntil: string | null;
  readonly lastDelivery: { readonly at: string; readonly status: number | null; readonly error: string | null } | null;
  /** Records that it still has to be told of. */
  readonly pending: number;
  readonly nextAttemptAt: string | null;
  /** Until then calls are signed with the secret before as well. */
  readonly rotation: { readonly previousValidUntil: string } | null;
}

/** What a person decides about an endpoint; null means all. */
export interface EndpointSettings {
  readonly url: string;
  readonly description: string;
  readonly resources: readonly string[] | null;
  readonly events: readonly EndpointEvent[] | null;
  readonly fields: readonly string[] | null;
}

/** What an endpoint can be told of. */
export type EndpointEvent = (typeof endpointEvents)[number];

/** Every kind of event, in the order of the screen. */
export const endpointEvents = ['created', 'updated', 'deleted'] as const;

/** An endpoint with the secret that is answered once. */
export interface EndpointWithSecret extends Endpoint {
  readonly secret: string;
}

/** What a person calls an endpoint: its description, else the host that it is at. */
export function endpointName({ description, url }: Pick<Endpoint, 'description' | 'url'>): string {
  if (description) return description;
  return URL.canParse(url) ? new URL(url).host : url;
}
