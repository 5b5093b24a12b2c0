/** How an endpoint is doing, in words. */
import { useTranslation } from 'react-i18next';
import { useExactTimes } from '../language/useExactTimes.ts';
import type { Endpoint } from './endpoint.ts';

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
  return (endpoint) => {
    const { active, disabledReason, failingSince, quietUntil, nextAttemptAt, pending, lastDelivery } = endpoint;
    const waiting = pending > 0 ? [t('webhooks.states.waiting', { count: pending })] : [];
    const next = nextAttemptAt === null ? [] : [t('webhooks.next', { at: exact(nextAttemptAt) })];
    if (!active && disabledReason) {
      return {
        tone: 'bad',
        title: t('webhooks.states.off'),
        lead: t(`webhooks.${offLead(disabledReason)}`),
        facts: waiting,
      };
    }
    if (!active)
      return { tone: 'plain', title: t('webhooks.states.paused'), lead: t('webhooks.pausedLead'), facts: waiting };
    if (failingSince !== null) {
      const since = t('webhooks.since', { at: exact(failingSince) });
      return {
        tone: 'bad',
        title: t('webhooks.states.failing'),
        lead: t('webhooks.failingLead'),
        facts: [since, ...waiting, ...next],
      };
    }
    if (quietUntil !== null && Date.parse(quietUntil) > Date.now()) {
      const facts = [t('webhooks.quietUntil', { at: exact(quietUntil) }), ...waiting];
      return { tone: 'waiting', title: t('webhooks.states.quiet'), lead: null, facts };
    }
    if (pending > 0)
      return { tone: 'waiting', title: t('webhooks.states.waiting', { count: pending }), lead: null, facts: next };
    if (lastDelivery === null) return { tone: 'plain', title: t('webhooks.states.fresh'), lead: null, facts: [] };
    return { tone: 'good', title: t('webhooks.states.works'), lead: null, facts: [] };
  };
}

/** The server's reason is for the details: it is in English, and says more than a person needs first. */
function offLead(reason: string): 'offGone' | 'offFailing' | 'offOther' {
  if (/\b410\b/.test(reason)) return 'offGone';
  return /\bdays?\b/.test(reason) ? 'offFailing' : 'offOther';
}
