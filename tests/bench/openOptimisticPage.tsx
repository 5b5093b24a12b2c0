// The programs of the bench run as they are, without the settings of the browser sources.
/** @jsxRuntime automatic */
import { JSDOM } from 'jsdom';
import { benchToken } from './contestants/benchToken.ts';

/** A page with a list of members that are saved optimistically, as React draws it. */
export interface OptimisticPage {
  /** Changes a phone, waits until the save is done, and gives the milliseconds until the page showed it. */
  update(id: string, phone: string): Promise<number>;
  close(): void;
}

interface Member {
  readonly id: string;
  readonly phone: string;
}

/** Opens the page in jsdom, with hooks as the package publishes them, on a server that runs. */
export async function openOptimisticPage(url: string): Promise<OptimisticPage> {
  const { window } = new JSDOM('', { url, pretendToBeVisual: true });
  const globals = { window, document: window.document, navigator: window.navigator };
  for (const [name, value] of Object.entries(globals))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  // Not before there is a document: React looks for one when it is loaded.
  const { useLayoutEffect } = await import('react');
  const { createRoot } = await import('react-dom/client');
  const { QueryClient, QueryClientProvider } = await import('@tanstack/react-query');
  const { createRealtimeSyncService } = await import('backoffice-sync/client');
  const { RealtimeSyncServiceProvider } = await import('backoffice-sync/react');
  const { createResourceHooks } = await import('backoffice-sync/react-query');

  const service = createRealtimeSyncService({
    backendUrl: url,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('authorization', `Bearer ${benchToken}`);
      return fetch(input, { ...init, headers });
    },
  });
  const { useMembers, useOptimisticUpdateMember } = createResourceHooks<'members', Member>('members');
  let save: (fields: Member) => Promise<unknown> = () => Promise.reject(new Error('Nothing is drawn yet.'));
  let drawn: (phones: readonly string[]) => void = () => undefined;
  function Page() {
    const { members } = useMembers();
    const update = useOptimisticUpdateMember();
    const text = members.map(({ phone }) => phone).join('\n');
    useLayoutEffect(() => {
      save = update.mutateAsync;
      drawn(text.split('\n'));
    });
    return <pre>{text}</pre>;
  }
  const root = createRoot(window.document.body);
  const shows = (phone: (phones: readonly string[]) => boolean): Promise<number> =>
    new Promise((resolve) => {
      drawn = (phones) => {
        if (phone(phones)) resolve(performance.now());
      };
    });
  const loaded = shows((phones) => phones.length > 1);
  const client = new QueryClient();
  root.render(
    <QueryClientProvider client={client}>
      <RealtimeSyncServiceProvider service={service}>
        <Page />
      </RealtimeSyncServiceProvider>
    </QueryClientProvider>,
  );
  await loaded;
  return {
    async update(id, phone) {
      const shown = shows((phones) => phones.includes(phone));
      const startedAt = performance.now();
      const saved = save({ id, phone });
      const took = (await shown) - startedAt;
      await saved;
      return took;
    },
    close() {
      root.unmount();
      client.clear();
      service.close();
      window.close();
      for (const name of Object.keys(globals)) Reflect.deleteProperty(globalThis, name);
    },
  };
}
