import { useTranslation } from 'react-i18next';
import { useWorkspace } from '../data/useWorkspace.ts';
import { useExactTimes } from '../language/useExactTimes.ts';
import { useFormats } from '../language/useFormats.ts';
import { endpointEvents, type Endpoint } from './endpoint.ts';
import { fieldChoices } from './fieldChoices.ts';
import styles from './webhooks.module.css';

/** What a person decided about an endpoint, in the words of the form. */
export function EndpointFacts({ endpoint }: { readonly endpoint: Endpoint }) {
  const { t } = useTranslation();
  const { words, compare, language } = useFormats();
  const { exact } = useExactTimes();
  const { resources: described = [] } = useWorkspace().data ?? {};
  const { url, resources, events, fields, createdAt, lastDelivery } = endpoint;
  const list = (texts: readonly string[]) =>
    new Intl.ListFormat(language, { type: 'unit', style: 'short' }).format(texts);
  const resourceLabel = (name: string) => {
    const found = described.find((resource) => resource.name === name);
    return found === undefined ? name : words(found.label);
  };
  const told = described.filter(({ name }) => resources === null || resources.includes(name));
  const fieldLabels = fieldChoices(told, fields ?? [], { words, compare });
  const facts = [
    [t('webhooks.address'), url],
    [t('webhooks.resources'), resources === null ? t('webhooks.allResources') : list(resources.map(resourceLabel))],
    [
      t('webhooks.events'),
      events === null
        ? t('webhooks.allEvents')
        : list(endpointEvents.filter((event) => events.includes(event)).map((event) => t(`webhooks.event.${event}`))),
    ],
    [
      t('webhooks.fields'),
      fields === null
        ? t('webhooks.allFields')
        : list(fieldLabels.filter(({ value }) => fields.includes(value)).map(({ label }) => label)),
    ],
    [t('webhooks.created'), exact(createdAt)],
    [t('webhooks.last'), lastDelivery === null ? t('webhooks.never') : exact(lastDelivery.at)],
  ] as const;
  return (
    <dl className={styles.facts}>
      {facts.map(([label, text]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
