import { builtInMessageTypes } from '../shared/protocol/messages.ts';
import { maxUserIds } from './messages/readMessageBody.ts';
import { answers, body, header, operation, pathParameter, query, ref, type Json } from './openApiOperations.ts';

const text: Json = { type: 'string' };
const texts: Json = { type: 'array', items: text };

/** The routes that are the same in every installation. */
export function systemPaths(): Json {
  return {
    '/sync/stream': get('Changes as server-sent events', followed(), 'text/event-stream'),
    '/sync/poll': get('Changes since a place', [...followed(), query('wait'), query('members')]),
    '/sync/ws': get('The same events over a WebSocket', followed()),
    '/sync/snapshot': get('Everything readable in one answer', [query('resources')]),
    '/sync/status': get('Health and lag'),
    '/sync/configuration': get('What the panel is drawn from'),
    '/openapi.json': get('This description'),
    '/sync/shown': post(
      'Report which versions a public page shows',
      object(['items'], { items: { type: 'array' } }),
      '204',
    ),
    ...messagePaths(),
    ...authPaths(),
    ...webhookPaths(),
    ...inboundPaths(),
  };
}

function followed(): readonly Json[] {
  return ['resources', 'since', 'filter', 'messages', 'channels', 'eventsPerSecond', 'signedIn'].map((name) =>
    query(name),
  );
}

function messagePaths(): Json {
  const payload = { description: 'Any JSON' };
  const room = text;
  const userIds = { ...texts, maxItems: maxUserIds };
  const type = { ...text, description: `${builtInMessageTypes.join(', ')}, or one that is declared` };
  return {
    '/sync/send': post('Send a message to oneself or a room', object(['type'], { type, payload, room }), '201'),
    '/sync/broadcast': post(
      'Send a message to everybody, a room or some users; for administrators',
      object(['type'], { type, payload, room, userIds, excludeUserId: text }),
      '201',
    ),
    '/sync/force': post('Let clients load everything again', object([], { scope: { enum: ['me', 'all'] } }), '201'),
    '/sync/presence': post(
      'Say where one is, for clients without a socket',
      object(['channel', 'key', 'state'], { channel: text, key: text, state: { type: ['object', 'null'] } }),
    ),
    '/notifications': get('Notifications of who asks, newest first', [query('unread'), query('limit')]),
    '/notifications/read-all': post('Mark all as read'),
    '/notifications/{id}/read': { parameters: [pathParameter('id')], ...post('Mark one as read') },
    '/ws/notifications': get('Messages of who asks over a plain WebSocket'),
    '/ws/room/{name}': { parameters: [pathParameter('name')], ...get('A room over a plain WebSocket') },
  };
}

function authPaths(): Json {
  return {
    '/auth/session': get('Who is signed in'),
    '/auth/login': post('Sign in', object(['username', 'password'], { username: text, password: text })),
    '/auth/logout': post('Sign out', undefined, '204'),
  };
}

function webhookPaths(): Json {
  const filters = { resources: texts, events: texts, fields: texts, description: text };
  const at = '/webhooks/{id}';
  const parameters = [pathParameter('id')];
  const delivery = [...parameters, pathParameter('delivery')];
  const patch = post(
    'Change an endpoint; null empties a filter',
    object([], { url: text, active: { type: 'boolean' }, ...filters }),
  );
  return {
    '/webhooks': {
      ...get('Endpoints'),
      ...post(
        'Add an endpoint; the answer has its secret this once',
        object(['url'], { url: text, ...filters }),
        '201',
      ),
    },
    [at]: {
      parameters,
      ...get('One endpoint'),
      patch: patch['post'],
      delete: {
        ...operation('Remove an endpoint'),
        responses: { '204': { description: 'Removed' }, default: ref('responses/Problem') },
      },
    },
    [`${at}/test`]: { parameters, ...post('Make one signed call now; its outcome is the answer') },
    [`${at}/rotate`]: { parameters, ...post('Make a new secret; for 24 hours both sign') },
    [`${at}/replay`]: {
      parameters,
      ...post(
        'Tell again what changed since a cursor or a time',
        object(['since'], { since: { type: ['string', 'number'] } }),
        '202',
      ),
    },
    [`${at}/resend`]: {
      parameters,
      ...post('Send the newest version of one record now', object(['resource', 'id'], { resource: text, id: text })),
    },
    [`${at}/deliveries`]: {
      parameters,
      ...get(
        'Attempts, newest first',
        ['limit', 'before', 'outcome'].map((name) => query(name)),
      ),
    },
    [`${at}/deliveries/{delivery}`]: { parameters: delivery, ...get('One attempt with what travelled') },
    [`${at}/deliveries/{delivery}/resend`]: {
      parameters: delivery,
      ...post('Send the newest state of its record again'),
    },
  };
}

function inboundPaths(): Json {
  const event = object(['type'], { type: text, data: { type: 'object' } });
  const receive = (summary: string, family: string): Json => {
    const { post: taken } = post(summary, event) as { post: Json };
    const parameters = ['id', 'timestamp', 'signature'].map((name) => ({
      ...header(`${family}-${name}`),
      required: true,
    }));
    return { post: { ...taken, parameters } };
  };
  return {
    '/webhooks/clerk': receive('An event of Clerk, signed; 404 where none come in', 'svix'),
    '/webhooks/in/{source}': {
      parameters: [pathParameter('source')],
      ...receive('An event of another source of identities, signed as the source signs', 'webhook'),
    },
  };
}

function get(summary: string, parameters: readonly Json[] = [], type = 'application/json'): Json {
  return {
    get: {
      ...operation(summary),
      parameters,
      responses: { '200': { description: 'OK', content: { [type]: {} } }, default: ref('responses/Problem') },
    },
  };
}

function post(summary: string, schema?: Json, status = '200'): Json {
  return {
    post: {
      ...operation(summary),
      ...(schema ? { requestBody: body(schema) } : {}),
      responses: status === '204' ? { '204': { description: 'Done' } } : answers(status, { type: 'object' }),
    },
  };
}

function object(required: readonly string[], properties: Json): Json {
  return { type: 'object', ...(required.length > 0 ? { required } : {}), properties };
}
