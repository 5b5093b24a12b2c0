/** Deliveries in words: what was told, and how it ended. */
import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useFormats } from '../language/useFormats.ts';
import { deliveryStory, type Delivery } from './delivery.ts';

/** What `useDeliveryWords` gives. */
export interface DeliveryWords {
  /** Such as "Settings: changed". */
  readonly what: (delivery: Delivery) => string;
  /** How it ended, in two or three words. */
  readonly said: (delivery: Delivery) => string;
  /** What it means, and what to do. */
  readonly todo: (delivery: Delivery) => string;
  /** Which versions of the record; '' for none. */
  readonly versions: (delivery: Delivery) => string;
  /** The status and how long it took, as a sentence. */
  readonly measured: (delivery: Delivery) => string;
}

/** The words in the language of the screen, with the labels of the resources. */
export function useDeliveryWords(): DeliveryWords {
  const { t } = useTranslation();
  const { words, number } = useFormats();
  const { duration } = useExactTimes();
  const { resources = [] } = useWorkspace().data ?? {};
  const told = ({ type, resource }: Delivery): string => {
    const event = /\.(created|updated|deleted)$/.exec(type)?.[1] as 'created' | 'updated' | 'deleted' | undefined;
    if (type === 'sync.test') return t('webhooks.kinds.test');
    if (resource === null || event === undefined) return type === 'sync.reset' ? t('webhooks.kinds.reset') : type;
    const description = resources.find(({ name }) => name === resource);
    return t(`webhooks.kinds.${event}`, { label: description === undefined ? resource : words(description.label) });
  };
  return {
    what: (delivery) => {
      const { kind } = delivery;
      if (kind === 'test') return t('webhooks.kinds.test');
      const what = told(delivery);
      return kind === 'event' ? what : `${what} (${t(`webhooks.kinds.${kind}`)})`;
    },
    said: (delivery) => t(`webhooks.outcome.${deliveryStory(delivery)}.said`),
    todo: (delivery) => t(`webhooks.outcome.${deliveryStory(delivery)}.todo`),
    versions: ({ versions }) => {
      if (versions === null) return '';
      const [from, to] = versions;
      if (from === to) return t('webhooks.deliveries.version', { version: number(to) });
      return t('webhooks.deliveries.versions', { from: number(from), to: number(to) });
    },
    measured: ({ status, durationMs }) =>
      t(status === null ? 'webhooks.result.noStatus' : 'webhooks.result.status', {
        status,
        took: duration(durationMs),
      }),
  };
}
