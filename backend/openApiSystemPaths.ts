import { builtInMessageTypes } from '../shared/protocol/messages.ts';
import { maxUserIds } from './messages/readMessageBody.ts';
import { answers, body, operation, pathParameter, query, ref, type Json } from './openApiOperations.ts';

const text: Json = { type: 'string' };
const texts: Json = { type: 'array', items: text };

/** The routes that are the same in every installation. */
export function systemPaths(): Json {
  return {
    '/sync/stream': get('Changes as server-sent events', followed(), 'text/event-stream'),
    '/sync/poll': get('Changes since a place', [...followed(), query('wait')]),
    '/sync/ws': get('The same events over a WebSocket', followed()),
    '/sync/snapshot': get('Everything readable in one answer', [query('resources')]),
    '/sync/status': get('Health and lag'),
    '/sync/configuration': get('What the panel is drawn from'),
    '/openapi.json': get('This description'),
    ...messagePaths(),
    ...authPaths(),
    ...webhookPaths(),
  };
}

function followed(): readonly Json[] {
  return ['resources', 'since', 'filter', 'messages', 'channels', 'eventsPerSecond'].map((name) => query(name));
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
  return {
    '/webhooks': {
      ...get('Endpoints'),
      ...post(
        'Add an endpoint; the answer has its secret this once',
        object(['url'], { url: text, resources: texts }),
        '201',
      ),
    },
    '/webhooks/{id}': {
      parameters: [pathParameter('id')],
      ...get('One endpoint'),
      delete: {
        ...operation('Remove an endpoint'),
        responses: { '204': { description: 'Removed' }, default: ref('responses/Problem') },
      },
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
