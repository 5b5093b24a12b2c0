/** How an endpoint is doing, in words. */
import { useTranslation } from 'react-i18next';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useFormats } from '../language/useFormats.ts';
import { isHeld, type Endpoint } from './endpoint.ts';

/** The state of an endpoint on a screen. */
export interface EndpointWords {
  readonly tone: 'good' | 'waiting' | 'bad' | 'plain';
  readonly title: string;
  /** What it means and what to do; null where there is nothing to say. */
  readonly lead: string | null;
  /** What stands beside it: since when, when next, how many wait. */
  readonly facts: readonly string[];
}

/** Gives a function that says the state of an endpoint. */
export function useEndpointState(): (endpoint: Endpoint) => EndpointWords {
  const { t } = useTranslation();
  const { exact } = useExactTimes();
  const { number } = useFormats();
  return (endpoint) => {
    const { active, disabledReason, disabledCode, failingSince, heldSince, pending, lastDelivery } = endpoint;
    const { quietUntil, nextAttemptAt } = endpoint;
    const waiting = pending > 0 ? [t('webhooks.states.waiting', { count: pending })] : [];
    const next = nextAttemptAt === null ? [] : [t('webhooks.next', { at: exact(nextAttemptAt) })];
    if (!active && disabledReason) {
      return {
        tone: 'bad',
        title: t('webhooks.states.off'),
        lead: t(`webhooks.offLead.${disabledCode ?? 'other'}`),
        facts: waiting,
      };
    }
    if (!active)
      return { tone: 'plain', title: t('webhooks.states.paused'), lead: t('webhooks.pausedLead'), facts: waiting };
    const isQuiet = quietUntil !== null && Date.parse(quietUntil) > Date.now();
    // Both are the same moment; whose wish it is says more.
    const nextOrWish = isQuiet ? [t('webhooks.quietUntil', { at: exact(quietUntil) })] : next;
    if (isHeld(endpoint)) {
      const since = heldSince == null ? [] : [t('webhooks.heldSince', { at: exact(heldSince) })];
      return {
        tone: 'bad',
        title: t('webhooks.outcome.nameServers.said'),
        lead: t('webhooks.outcome.nameServers.todo'),
        facts: [...since, ...waiting, ...next],
      };
    }
    if (failingSince !== null) {
      const since = t('webhooks.since', { at: exact(failingSince) });
      return {
        tone: 'bad',
        title: t('webhooks.states.failing'),
        lead: t('webhooks.failingLead'),
        facts: [since, ...waiting, ...nextOrWish],
      };
    }
    if (isQuiet) {
      return { tone: 'waiting', title: t('webhooks.states.quiet'), lead: null, facts: [...nextOrWish, ...waiting] };
    }
    if (pending > 0)
      return { tone: 'waiting', title: t('webhooks.states.waiting', { count: pending }), lead: null, facts: next };
    if (lastDelivery === null) return { tone: 'plain', title: t('webhooks.states.fresh'), lead: null, facts: [] };
    const { error, version, shownVersion } = lastDelivery;
    if (error === null && version != null && shownVersion != null && shownVersion < version) {
      const shown = t('webhooks.behind', { shown: number(shownVersion), sent: number(version) });
      return { tone: 'waiting', title: t('webhooks.states.behind'), lead: t('webhooks.behindLead'), facts: [shown] };
    }
    return { tone: 'good', title: t('webhooks.states.works'), lead: null, facts: [] };
  };
}
