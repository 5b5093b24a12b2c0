import type { Change } from '../../shared/change.ts';
import type { JsonObject } from '../../shared/json.ts';
import { shownLimits, type ShownItem } from '../../shared/protocol/reach.ts';
import type { SiteSnapshot } from './connectSite.ts';

/** What a page reports, and where to. */
export interface ReportOptions {
  /** Origin and path before `/api/…`. Default `''`, the same origin. */
  readonly backendUrl?: string;
  /** The resources that the page follows. Default `['settings']`. */
  readonly resources?: readonly string[];
  /** What the page was filled with before this was called. */
  readonly snapshot?: SiteSnapshot | undefined;
  /** The versions that the page came with, as its server wrote them: `settings:12,team.camille-r:3`. */
  readonly rendered?: string | undefined;
}

/** Changes that come one after the other are one report. */
const gatherMs = 250;

/**
 * Reports which versions this page shows, so that whoever saved learns that it arrived. Returns how to stop.
 *
 * Nothing says whose page it is: no cookie is sent, and the answer has nothing in it. A report that does not arrive is not
 * sent again; it is one of many.
 *
 * Listens   `backoffice:snapshot`, `backoffice:<resource>-created|updated|deleted`, as connectSite raises them
 */
export function reportShown(options: ReportOptions = {}): () => void {
  const { backendUrl = '', resources = ['settings'] } = options;
  let waiting = new Map<string, ShownItem>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = (): void => {
    timer = undefined;
    const items = [...waiting.values()].slice(0, shownLimits.maxItems);
    waiting = new Map();
    // Plain text without a cookie: a page of another origin may send that without asking first.
    void fetch(`${backendUrl}/api/sync/shown`, {
      method: 'POST',
      body: JSON.stringify({ items }),
      credentials: 'omit',
      keepalive: true,
      mode: 'no-cors',
    }).catch(() => undefined);
  };
  const add = (...items: readonly ShownItem[]): void => {
    if (items.length === 0) return;
    for (const item of items) waiting.set(`${item.kind} ${item.resource} ${item.id}`, item);
    // After the next picture was drawn: what stands in the document is not yet shown.
    timer ??= setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(send)), gatherMs);
  };
  const onSnapshot = (event: Event): void => add(...newestOf((event as CustomEvent<SiteSnapshot>).detail));
  const onChange = (event: Event): void => {
    const { resource, id, version, counts } = (event as CustomEvent<Change>).detail;
    if (!counts) add({ resource, id, version, kind: 'shown' });
  };

  const names = resources.flatMap((resource) =>
    ['created', 'updated', 'deleted'].map((operation) => `backoffice:${resource}-${operation}`),
  );
  addEventListener('backoffice:snapshot', onSnapshot);
  for (const name of names) addEventListener(name, onChange);
  add(...renderedIn(options.rendered ?? ''));
  if (options.snapshot) add(...newestOf(options.snapshot));

  return () => {
    clearTimeout(timer);
    removeEventListener('backoffice:snapshot', onSnapshot);
    for (const name of names) removeEventListener(name, onChange);
  };
}

/** The records that were saved last: nobody waits to hear of the others. */
function newestOf({ records }: SiteSnapshot): readonly ShownItem[] {
  return Object.entries(records)
    .flatMap(([resource, value]) =>
      (Array.isArray(value) ? value : value ? [value] : []).map((record: JsonObject) => ({ resource, record })),
    )
    .sort((a, b) => String(b.record['updatedAt']).localeCompare(String(a.record['updatedAt'])))
    .slice(0, shownLimits.maxItems)
    .map(({ resource, record }) => ({
      resource,
      id: String(record['id'] ?? 'main'),
      version: Number(record['version']),
      kind: 'shown',
    }));
}

function renderedIn(text: string): readonly ShownItem[] {
  return text.split(',').flatMap((part): readonly ShownItem[] => {
    const [, resource = '', id = 'main', version] = /^\s*([\w-]+)(?:\.([\w.~-]+))?:(\d+)\s*$/.exec(part) ?? [];
    return version === undefined ? [] : [{ resource, id, version: Number(version), kind: 'rendered' }];
  });
}
