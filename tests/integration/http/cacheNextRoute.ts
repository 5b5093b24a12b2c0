import { createWebhookReceiver, revalidate } from 'backoffice-sync/webhooks';

/** What the receiver needs: the secrets of the endpoint, and how Next.js is told that a tag is old. */
export interface RevalidateRoute {
  readonly secrets: () => readonly string[];
  readonly revalidateTag: (tag: string) => void;
}

/** The POST of `app/api/revalidate/route.ts`: makes old what is tagged with the resource or the record that was saved. */
export function createRevalidateRoute({ secrets, revalidateTag }: RevalidateRoute) {
  return createWebhookReceiver({ secrets, ...revalidate({ revalidateTag }) }).handleRequest;
}
