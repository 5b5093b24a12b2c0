import { applyJsonPatch, diff, merge, restoreProtected, type MergeResult } from 'backoffice-sync/merge';
import {
  createWebhookReceiver,
  isNewerDelivery,
  verifyWebhook,
  type DeliveryVersion,
  type WebhookAnswer,
} from 'backoffice-sync/webhooks';

/** Compiles without the types of Node and without those of a browser: these doors run in both, and in neither. */
export function combine(): MergeResult {
  const result = merge({ base: { a: 1 }, mine: { a: 2 }, theirs: { a: 1, b: 1 }, keys: { '/links': 'slug' } });
  applyJsonPatch({ a: 1 }, diff({ a: 1 }, result.merged));
  restoreProtected({ stored: { id: 1 }, incoming: result.merged, paths: ['/id'] });
  return result;
}

export async function receive(
  body: string,
  headers: Record<string, string>,
  seen: DeliveryVersion | null,
): Promise<boolean> {
  const verified = await verifyWebhook({ headers, body, secrets: ['whsec_example'] });
  if (!verified.ok) throw new Error(verified.reason);
  return isNewerDelivery(seen, (JSON.parse(body) as { data: DeliveryVersion }).data);
}

export async function answer(body: string, headers: Record<string, string>): Promise<WebhookAnswer> {
  const pages = new Map<string, unknown>();
  const receiver = createWebhookReceiver({
    secrets: ['whsec_ZXhhbXBsZQ=='],
    onChange: ({ resource, id, record }) => void pages.set(`${resource}/${id}`, record),
  });
  return receiver.receive({ headers, body });
}
