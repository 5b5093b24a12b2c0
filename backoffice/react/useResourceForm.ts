import { useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import {
  createResourceForm,
  type RealtimeSyncService,
  type ResourceForm,
  type ResourceFormState,
} from '../client/index.ts';
import { ConnectionContext } from './live/ConnectionContext.ts';
import { useRealtimeSyncService } from './RealtimeSyncServiceProvider.tsx';

/** The state of a form, and what can be done with it; the functions stay the same from render to render. */
export type ResourceFormView = ResourceFormState & Omit<ResourceForm, 'getState' | 'subscribe'>;

/**
 * The form of one record, as `url` names it: reads it, keeps what is typed apart from what is stored, and saves through the queue.
 *
 * Live   below a provider with a connection it follows the record; elsewhere `receive` takes what the page hears
 */
export function useResourceForm(
  url: string,
  options: { readonly service?: RealtimeSyncService } = {},
): ResourceFormView {
  const service = useRealtimeSyncService(options.service);
  const form = useMemo(() => createResourceForm({ service, url }), [service, url]);
  const state = useSyncExternalStore(form.subscribe, form.getState, form.getState);
  const connection = useContext(ConnectionContext)?.connection ?? null;
  useEffect(() => void form.load(), [form]);
  useEffect(() => {
    const [, resource, id] = /^\/api\/([^/]+)(?:\/([^/]+))?$/.exec(url) ?? [];
    if (connection === null || resource === undefined) return undefined;
    const follower = connection.follow({
      resources: [decodeURIComponent(resource)],
      onEvent: (event) => {
        if (event.type === 'reset') return void form.load();
        const { change } = event;
        if (change.id !== (id === undefined ? 'main' : decodeURIComponent(id))) return;
        if (change.record !== null) form.receive(change.record);
        // Told without its fields; of a deleted record there is nothing to read.
        else if (change.operation !== 'deleted') void form.load();
      },
    });
    return () => follower.close();
  }, [connection, form, url]);
  return useMemo(() => {
    const { load, set, receive, save, decide, discard } = form;
    return { ...state, load, set, receive, save, decide, discard };
  }, [form, state]);
}
