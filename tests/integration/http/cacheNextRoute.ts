import { verifyWebhook } from 'backoffice-sync/webhooks';

/** What the receiver needs: the secrets of the endpoint, and how Next.js is told that a tag is old. */
export interface RevalidateOptions {
  readonly secrets: readonly string[];
  readonly revalidateTag: (tag: string) => void;
}

/** The POST of `app/api/revalidate/route.ts`: makes old what is tagged with the resource or the record that was saved. */
export function createRevalidateRoute({ secrets, revalidateTag }: RevalidateOptions) {
  return async function POST(request: Request): Promise<Response> {
    const body = await request.text();
    const verified = await verifyWebhook({ headers: request.headers, body, secrets });
    if (!verified.ok) return new Response(verified.reason, { status: 401 });
    const { type, data } = JSON.parse(body);
    if (type === 'sync.reset') revalidateTag('backoffice');
    else for (const tag of [data.resource, `${data.resource}/${data.id}`]) revalidateTag(tag);
    return new Response(null, { status: 204 });
  };
}
