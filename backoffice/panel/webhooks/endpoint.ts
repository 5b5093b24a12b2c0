/** One receiver of webhooks, as the API answers it; times are ISO 8601 in UTC. */
export interface Endpoint extends EndpointSettings {
  readonly id: string;
  /** False while it is paused, and when it was switched off. */
  readonly active: boolean;
  /** Why the server switched it off; null when a person paused it. */
  readonly disabledReason: string | null;
  /** Which of the reasons it was, for the words of the screen; absent where the server is older than the panel. */
  readonly disabledCode?: 'gone' | 'failing' | 'other' | null;
  readonly createdAt: string;
  /** The first failure since the last success; null while all is well. */
  readonly failingSince: string | null;
  /** Since then nobody answers for its name, so that it cannot be called; null while somebody does. */
  readonly heldSince?: string | null;
  /** Before this moment the receiver asked not to be called. */
  readonly quietUntil: string | null;
  readonly lastDelivery: LastDelivery | null;
  /** Records that it still has to be told of. */
  readonly pending: number;
  readonly nextAttemptAt: string | null;
  /** Until then calls are signed with the secret before as well. */
  readonly rotation: { readonly previousValidUntil: string } | null;
}

/** How the last attempt ended. */
interface LastDelivery {
  readonly at: string;
  readonly status: number | null;
  /** Null when the receiver took it. */
  readonly error: string | null;
  /** The version that it took, and the one that it says it serves now; absent where it says nothing. */
  readonly version?: number | null;
  readonly shownVersion?: number | null;
}

/** True while nobody answers for the name of an endpoint: it fails, but nothing was asked of its receiver. */
export function isHeld({ active, heldSince, failingSince, lastDelivery }: Endpoint): boolean {
  if (!active) return false;
  return heldSince != null || (failingSince === null && isNameUnanswered(lastDelivery?.error ?? null));
}

/** Whether the words of an attempt say that no name server answered. */
export function isNameUnanswered(error: string | null): boolean {
  return error?.startsWith('NAME_UNANSWERED') === true;
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
