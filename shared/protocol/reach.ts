/** Limits of what browsers of the public site report. */
export const shownLimits = {
  /** Records of one report. */
  maxItems: 20,
  /** Bytes of one report. */
  maxBytes: 4_096,
  /** Reports that one node takes in a second; what comes beyond is left out, since a part of them says the same. */
  perSecond: 50,
} as const;

/**
 * That a browser shows a version of a record. Nothing says whose browser it is.
 *
 * shown     put into the page while it was open     rendered   what the page came with, so that an old copy of it is found out
 */
export interface ShownItem {
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  readonly kind: 'shown' | 'rendered';
}

/** Why the newest save of a record is told to no visitor. */
export type UntoldReason =
  /** Its author asked for silence (`Prefer: notify=none`). */
  | 'silent'
  /** The resource is not public. */
  | 'notPublic'
  /** It is a draft. */
  | 'draft'
  /** It changed nothing that visitors see. */
  | 'hidden';

/**
 * Why a save is late, for everybody, whoever may see where it got stuck.
 *
 * olderShown   a page came with an older version, or a receiver says that it serves one
 * callFails    a site cannot be told: it is called in vain, or not any more
 * callWaits    a site has not been told yet
 */
export type LateReason = 'olderShown' | 'callFails' | 'callWaits';

/**
 * How far a webhook endpoint has come with a version. Times are ISO 8601 in UTC.
 *
 * sent     the receiver took this version or a newer one       waiting  it is about to be called
 * failed   it was called in vain and will be again              paused   nobody calls it: by an admin, or for `error`
 * notTold  it was not told of this: `why` says for which reason
 * unknown  nothing waits, and whether it was told before is not kept any more
 */
export interface EndpointReach {
  readonly id: string;
  /** Origin of its address: the rest may carry a token. */
  readonly server: string;
  readonly description: string;
  readonly state: 'sent' | 'waiting' | 'failed' | 'notTold' | 'paused' | 'unknown';
  /** filter: by its resources, events or fields; silent: saved without telling; hidden: visitors see nothing of it; later: nothing is kept of a call for it, as it was added, or hears of it, only since; moved: its address was changed since, and the new one was not called for it. Of one that is sent, reset: the receiver was told to load everything. */
  readonly why: 'filter' | 'silent' | 'hidden' | 'later' | 'moved' | 'reset' | null;
  /** The version that it was sent last; null when none is known. */
  readonly version: number | null;
  readonly at: string | null;
  readonly durationMs: number | null;
  /** The version that the receiver said to serve now. */
  readonly shownVersion: number | null;
  readonly error: string | null;
  readonly nextAttemptAt: string | null;
}

/**
 * How far the newest save of a record has come. `shown` is a measure by a sample and never a proof for every visitor.
 *
 * saved    durable; nobody is known to have been told     sent   told to open pages or to an endpoint
 * shown    a browser or a receiver said so                 late   after `lateAfterMs` an older version is still shown, or a call fails
 * untold   no visitor is told of it, for `reason`
 */
export interface Reach {
  readonly resource: string;
  readonly id: string;
  readonly version: number;
  /** ISO 8601 in UTC. */
  readonly savedAt: string;
  readonly state: 'saved' | 'sent' | 'shown' | 'late' | 'untold';
  readonly reason: UntoldReason | null;
  /** Null while it is not late. */
  readonly lateBecause: LateReason | null;
  /** From the save until the first word that it is shown; null before. */
  readonly shownAfterMs: number | null;
  readonly lateAfterMs: number;
  /** Visitors' pages that are told live of the resource at this moment, on this node; null for who may not configure. */
  readonly followers: number | null;
  readonly browsers: {
    /** Reports about this version. */
    readonly reports: number;
    readonly medianMs: number | null;
    /** The last report of a page that came with an older version than this; null when there is none. */
    readonly older: { readonly version: number; readonly at: string } | null;
  };
  /** Empty for who may not configure. */
  readonly endpoints: readonly EndpointReach[];
}
