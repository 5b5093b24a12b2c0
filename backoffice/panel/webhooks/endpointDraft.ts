/** What stands in the form of an endpoint, and the way from and to the API. */
import type { TFunction } from 'i18next';
import type { SyncProblem } from '../../client/SyncRequestError.ts';
import { endpointEvents, type EndpointEvent, type EndpointSettings } from './endpoint.ts';

/** The form; what is not chosen is kept while somebody looks at the other choice. */
export interface EndpointDraft {
  readonly url: string;
  readonly description: string;
  readonly allResources: boolean;
  readonly resources: readonly string[];
  readonly events: readonly string[];
  readonly allFields: boolean;
  readonly fields: readonly string[];
}

/** The sentence beside each field that is not right. */
export type EndpointFaults = Partial<Record<keyof EndpointSettings, string>>;

/** What the API takes as a description, in characters. */
const maxDescription = 500;

/** The form of an endpoint; nothing given is a new one. */
export function draftOf(settings?: EndpointSettings): EndpointDraft {
  return {
    url: settings?.url ?? '',
    description: settings?.description ?? '',
    allResources: (settings?.resources ?? null) === null,
    resources: settings?.resources ?? [],
    events: settings?.events ?? endpointEvents,
    allFields: (settings?.fields ?? null) === null,
    fields: settings?.fields ?? [],
  };
}

/** What the API gets: null means all, so that what is added later is told as well. */
export function settingsOf(draft: EndpointDraft): EndpointSettings {
  const isEvery = endpointEvents.every((event) => draft.events.includes(event));
  return {
    url: draft.url.trim(),
    description: draft.description.trim(),
    resources: draft.allResources ? null : draft.resources,
    events: isEvery ? null : (draft.events as readonly EndpointEvent[]),
    fields: draft.allFields ? null : draft.fields,
  };
}

/** What can be said without the server. */
export function checkDraft(draft: EndpointDraft, t: TFunction): EndpointFaults {
  const { url, description, resources, events, fields } = settingsOf(draft);
  const address = addressFault(url);
  const none = t('webhooks.form.nothingChosen');
  return {
    ...(address === null ? {} : { url: t(`webhooks.form.${address}`) }),
    ...(description.length > maxDescription ? { description: t('webhooks.form.nameLong') } : {}),
    ...(resources?.length === 0 ? { resources: none } : {}),
    ...(events?.length === 0 ? { events: none } : {}),
    ...(fields?.length === 0 ? { fields: none } : {}),
  };
}

function addressFault(url: string): 'addressMissing' | 'addressShape' | 'addressSecret' | null {
  if (url === '') return 'addressMissing';
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return 'addressShape';
  const { username, password } = new URL(url);
  return username === '' && password === '' ? null : 'addressSecret';
}

/** What the server refused, beside the field that it is about; empty when it is about none of them. */
export function serverFaults(
  { code, errors = [] }: SyncProblem,
  settings: EndpointSettings,
  { t, labelOf }: { readonly t: TFunction; readonly labelOf: (name: string) => string },
): EndpointFaults {
  if (code === 'ENDPOINT_REFUSED') return { url: t('webhooks.form.addressRefused') };
  if (code === 'NAME_UNANSWERED') return { url: t('webhooks.form.nameUnanswered') };
  const faults: EndpointFaults = {};
  for (const error of errors) {
    const [, field = '', index] = error.path.split('/');
    if (!isField(field) || faults[field] !== undefined) continue;
    const list = settings[field];
    const name = Array.isArray(list) ? String(list[Number(index)] ?? '') : '';
    if (name !== '') {
      faults[field] = t(error.code === 'not_public' ? 'webhooks.form.notPublic' : 'webhooks.form.notKnown', {
        label: labelOf(name),
      });
    } else faults[field] = t(field === 'url' ? 'webhooks.form.addressShape' : 'webhooks.form.wrong');
  }
  return faults;
}

function isField(name: string): name is keyof EndpointSettings {
  return ['url', 'description', 'resources', 'events', 'fields'].includes(name);
}
