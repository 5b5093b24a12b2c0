import type { ReceivedChange } from './receivedChange.ts';
import type { WebhookReceiverOptions } from './receiverOptions.ts';

/** How pages that are kept are made old; the two functions are those of `next/cache`. */
export interface RevalidateOptions {
  readonly revalidateTag?: (tag: string) => unknown;
  readonly revalidatePath?: (path: string) => unknown;
  /** The tags that a change makes old. Default the resource (`team`) and the record (`team/m1`). */
  readonly tag?: (change: ReceivedChange) => readonly string[];
  /** The paths that a change makes old. Default none. */
  readonly path?: (change: ReceivedChange) => readonly string[];
  /** What a reset makes old: everything that was fetched from the back office. Default the tag `backoffice`. */
  readonly all?: { readonly tags?: readonly string[]; readonly paths?: readonly string[] };
}

/**
 * Makes the handlers of a site whose pages are kept until they are called old: `createWebhookReceiver({ secrets, ...revalidate({ revalidateTag }) })`.
 *
 * Shape   a page that is called old is made anew by the next visitor: the version of the change is what is served
 */
export function revalidate(options: RevalidateOptions): Required<Pick<WebhookReceiverOptions, 'onChange' | 'onReset'>> {
  const { tag = defaultTags, path = () => [], all = {} } = options;
  const makeOld = async (tags: readonly string[], paths: readonly string[]): Promise<void> => {
    for (const one of new Set(tags)) await options.revalidateTag?.(one);
    for (const one of new Set(paths)) await options.revalidatePath?.(one);
  };
  return {
    onChange: (change) => makeOld(tag(change), path(change)),
    onReset: () => makeOld(all.tags ?? ['backoffice'], all.paths ?? []),
  };
}

function defaultTags({ resource, id }: ReceivedChange): readonly string[] {
  return [resource, `${resource}/${id}`];
}
