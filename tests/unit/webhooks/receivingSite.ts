import {
  createWebhookReceiver,
  signWebhook,
  type ReceivedChange,
  type WebhookReceiverOptions,
} from 'backoffice-sync/webhooks';

/** The secret that the site has. */
export const secret = `whsec_${Buffer.from('twenty-four bytes or mor').toString('base64')}`;
/** Another secret. */
export const other = `whsec_${Buffer.from('another secret of a size').toString('base64')}`;
/** The log that deliveries are of. */
export const epoch = '019a0000-0000-7000-8000-000000000001';
/** The log after a backup was restored. */
export const laterEpoch = '019b0000-0000-7000-8000-000000000001';

/** What a delivery is about, where it is not the first version of `m1`. */
export interface Draft {
  readonly id?: string;
  readonly version?: number;
  readonly versions?: readonly number[];
  readonly epoch?: string;
  readonly change?: object;
}

/** The body of a delivery of `team`. */
export function deliveryOf({ id = 'm1', version = 1, versions, epoch: of = epoch, change = {} }: Draft = {}): object {
  const operation = version === 1 ? 'created' : 'updated';
  const data = {
    cursor: `${of}:${version * 10}`, seq: version * 10, at: '2026-01-01T00:00:00.000Z', resource: 'team', id, operation, version,
    versions: versions ?? [version, version], record: { id, name: `name ${version}`, version }, before: null, patch: [],
    actor: { id: '', name: 'admin', kind: 'admin' }, mutationId: null, notify: true, ...change,
  }; // prettier-ignore
  return { type: `team.${operation}`, timestamp: data.at, data };
}

/** A call as the back office signs it. */
export async function call(body: object | string, { id = 'msg_1', at = new Date(), with: key = secret } = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { headers: { ...(await signWebhook({ id, timestamp: at, body: text, secret: key })) }, body: text };
}

/** A receiver that keeps what its handler got. */
export function createSite(options: Partial<WebhookReceiverOptions> = {}) {
  const changes: ReceivedChange[] = [];
  const errors: unknown[] = [];
  const receiver = createWebhookReceiver({
    secrets: [secret],
    onChange: (change) => void changes.push(change),
    onError: (error) => void errors.push(error),
    ...options,
  });
  const send = async (body: object | string, sent: Parameters<typeof call>[1] = {}) => {
    const { status, headers, body: text } = await receiver.receive(await call(body, sent));
    const answer = JSON.parse(text) as { outcome?: string; code?: string; reason?: string };
    return { status, shown: headers['x-sync-shown'] ?? null, type: headers['content-type'], ...answer };
  };
  return { receiver, changes, errors, send, versions: () => changes.map(({ version }) => version) };
}

/** A place where a handler waits until the test lets it go on. */
export function createGate() {
  let arrive = (): void => undefined;
  let open = (): void => undefined;
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    reached,
    open: () => open(),
    pass: () => {
      arrive();
      return opened;
    },
  };
}
