import { expect, it, vi } from 'vitest';
import type { Change } from '../../../shared/change.ts';
import { applyFilters } from '../../../backoffice/client/connection/applyFilters.ts';
import { breathe } from '../../helpers/scriptedNetwork.ts';
import { parseFilter } from '../../../shared/protocol/filter.ts';
import { queryOf, uniteWants, type Wants } from '../../../backoffice/client/connection/subscription.ts';
import { createSseParser } from '../../../backoffice/client/connection/createSseParser.ts';
import { createConnectionWorld } from './connectionWorld.ts';

const wants = (resources: readonly string[], filters: readonly string[] = [], more: Partial<Wants> = {}): Wants => ({
  resources,
  filters: filters.flatMap((text) => {
    const parsed = parseFilter(text);
    return 'filter' in parsed ? [parsed.filter] : [];
  }),
  messages: false,
  channels: [],
  eventsPerSecond: null,
  ...more,
});

it.each([
  ['one filter that all want', [wants(['a'], ['x=eq.1']), wants(['a'], ['a:x=eq.1'])], ['a:x=eq.1']],
  ['one who wants everything', [wants(['a'], ['x=eq.1']), wants(['a'])], undefined],
  ['two who want different things', [wants(['a'], ['x=eq.1']), wants(['a'], ['x=eq.2'])], undefined],
  ['one who wants less than the other', [wants(['a'], ['x=eq.1']), wants(['a'], ['x=eq.1', 'y=is.null'])], undefined],
  [
    'two resources, each with its filter',
    [wants(['a'], ['x=eq.1']), wants(['b'], ['x=eq.2'])],
    ['a:x=eq.1', 'b:x=eq.2'],
  ],
])('with %s the server filters only what nobody wants', (_case, all, filters) => {
  expect(uniteWants(all).filters).toEqual(filters);
});

it('the fastest wish decides how often the server tells, and one without a wish takes all limits away', () => {
  const slow = wants(['a'], [], { eventsPerSecond: 1 });
  const fast = wants(['b'], [], { eventsPerSecond: 10 });
  expect(uniteWants([slow, fast]).eventsPerSecond).toBe(10);
  expect(uniteWants([slow, fast, wants(['c'])]).eventsPerSecond).toBeUndefined();
});

it('a subscription reads the same as a query', () => {
  const request = uniteWants([wants(['b', 'a'], ['a:x=in.("1,2",b)'], { messages: true, channels: ['presence:a:1'] })]);
  expect([...queryOf({ ...request, since: 'e:1' })]).toEqual([
    ['resources', 'a,b'],
    ['filter', 'a:x=in.("1,2",b)'],
    ['messages', '1'],
    ['channels', 'presence:a:1'],
    ['since', 'e:1'],
  ]);
});

it('ten that mount together cause one subscription, and one more that wants the same causes none', async () => {
  const { network, follow, log } = createConnectionWorld();
  const opened = vi.spyOn(log, 'open');
  for (let index = 0; index < 10; index += 1) follow({ resources: [index % 2 ? 'goals' : 'tasks'] });
  await network.flush();
  expect(opened.mock.calls.map(([request]) => request.resources)).toEqual([['goals', 'tasks']]);
  const { told } = follow({ resources: ['goals'] });
  const late = follow({ resources: ['tasks'], since: log.head });
  await network.flush();
  log.save('goals', '1', {});
  log.save('tasks', '1', {});
  await network.flush();
  expect([told, late.told]).toEqual([['goals 1 created'], ['tasks 1 created']]);
  expect(opened).toHaveBeenCalledTimes(1);
});

it('each follower begins at its own place, and an older one makes nobody hear anything twice', async () => {
  const { network, follow, log } = createConnectionWorld();
  const start = log.head;
  const first = follow({ resources: ['goals'], since: start });
  log.save('goals', '1', { n: 1 });
  await network.flush();
  log.save('goals', '1', { n: 2 });
  const second = follow({ resources: ['goals'], since: start });
  await network.flush();
  expect(first.told).toEqual(['goals 1 created', 'goals 1 updated']);
  expect(second.told).toEqual(['goals 1 created', 'goals 1 updated']);
});

it('a follower that arrives while others are told is not moved by what is on its way to them', async () => {
  const { network, follow, log } = createConnectionWorld();
  follow({ resources: ['goals'] });
  await network.flush();
  const since = log.head;
  log.save('tasks', '1', {});
  log.save('goals', '1', {});
  const late = follow({ resources: ['tasks'], since });
  await network.flush();
  expect(late.told).toEqual(['tasks 1 created']);
});

it('entering a filter arrives as a creation and leaving it as a deletion, whatever others follow', async () => {
  const { network, follow, log } = createConnectionWorld();
  const alone = follow({ resources: ['goals'], filters: ['org=eq.a'] });
  await network.flush();
  const all = follow({ resources: ['goals'] });
  await network.flush();
  for (const org of ['b', 'a', 'a', 'b']) log.save('goals', '1', { org, at: log.head });
  log.save('goals', '1', null);
  await network.flush();
  expect(alone.told).toEqual(['goals 1 created', 'goals 1 updated', 'goals 1 deleted']);
  expect(all.told).toHaveLength(5);
});

it('a deletion that says no more than the id is let through: nobody can tell whether it was inside', () => {
  const [filter] = wants(['goals'], ['org=eq.a']).filters;
  const gone = { resource: 'goals', id: '1', operation: 'deleted', record: null, before: null } as unknown as Change;
  expect(applyFilters(filter ? [filter] : [], gone)).toBe(gone);
  const other = { ...gone, before: { org: 'b' } };
  expect(applyFilters(filter ? [filter] : [], other)).toBeNull();
});

it('changes of one record within a window are told as one, with the last state', async () => {
  const { network, follow, log, clock } = createConnectionWorld();
  const { events } = follow({ resources: ['goals'], eventsPerSecond: 1 });
  follow({ resources: ['goals'] });
  await network.flush();
  for (const n of [1, 2, 3]) log.save('goals', '1', { n });
  log.save('goals', '2', { n: 9 });
  await network.flush();
  expect(events).toMatchObject([{ change: { id: '1', record: { n: 1 } } }]);
  clock.advance(1000);
  expect(events.slice(1)).toMatchObject([
    { change: { id: '1', operation: 'updated', before: { n: 1 }, record: { n: 3 } } },
    { change: { id: '2', operation: 'created', record: { n: 9 } } },
  ]);
});

it('another log is told as one reset to everybody, and the status says that something was missed', async () => {
  const { network, follow, log, connection } = createConnectionWorld();
  const [one, other] = [follow({ resources: ['goals'] }), follow({ resources: ['tasks'] })];
  await network.flush();
  log.replace();
  log.save('goals', '1', {});
  await network.flush();
  log.save('tasks', '1', {});
  await network.flush();
  expect([one.told, other.told]).toEqual([['reset epoch'], ['reset epoch', 'tasks 1 created']]);
  expect(connection.getStatus().recovered).toBe(false);
});

it('a reset that was asked for is spread over its jitter, and what comes meanwhile is told at once', async () => {
  const { network, follow, log, clock } = createConnectionWorld();
  const { told, events } = follow({ resources: ['goals'] });
  await network.flush();
  log.force(5000);
  log.save('goals', '1', {});
  await network.flush();
  expect(told).toEqual(['goals 1 created']);
  clock.advance(2500);
  expect(told).toEqual(['goals 1 created', 'reset forced']);
  expect(events[1]?.cursor).toBe(log.head);
});

it('what one may not follow is refused alone, and the others go on', async () => {
  const { network, follow, log, connection, sentences } = createConnectionWorld();
  network.refusal = (query) =>
    query.get('resources')?.includes('secrets') ? { status: 403, code: 'FORBIDDEN' } : null;
  const refused = vi.fn();
  const goals = follow({ resources: ['goals'] });
  connection.follow({ resources: ['secrets'], onEvent: () => undefined, onStatus: refused });
  const tasks = follow({ resources: ['tasks'] });
  await network.flush();
  await network.flush();
  log.save('goals', '1', {});
  log.save('tasks', '1', {});
  await network.flush();
  expect([goals.told, tasks.told]).toEqual([['goals 1 created'], ['tasks 1 created']]);
  expect(refused).toHaveBeenCalledWith(
    expect.objectContaining({ state: 'closed', problem: expect.objectContaining({ status: 403 }) }),
  );
  expect(sentences.join('\n')).toContain('secrets cannot be followed');
});

it('says in words why an event does not come', async () => {
  const { network, follow, log, sentences, pass, connection } = createConnectionWorld();
  const said = () => sentences.join('\n');
  network.ways.websocket = 'refused';
  const start = log.head;
  const strict = follow({ resources: ['goals'], filters: ['org=eq.a'] });
  follow({ resources: ['goals'] });
  await network.flush();
  expect(said()).toContain('The server cannot be reached: The socket was closed with 1006.');
  await pass(3500);
  expect(said()).toContain('Live by sse.');
  log.save('goals', '1', { org: 'b' });
  await network.flush();
  expect(strict.told).toEqual([]);
  expect(said()).toContain('The change of goals 1 is outside the filters org=eq.a.');
  follow({ resources: ['goals', 'tasks'], since: start });
  await network.flush();
  expect(said()).toMatch(/The change of goals 1 is at or below the position .+: it was told before/);
  connection.disconnect();
  expect(said()).toMatch(/The connection is closed since \d{4}-/);
});

it('two transports that both begin from now leave nothing out between them', async () => {
  const { network, follow, log, clock } = createConnectionWorld();
  const opened = vi.spyOn(log, 'open');
  const { told } = follow({ resources: ['goals'] });
  await breathe();
  clock.advance(3000);
  await breathe();
  const [socket, stream] = network.pipes;
  stream?.deliver(10_000);
  await breathe();
  // The stream told where it begins; the socket, asked before that, begins later.
  log.save('goals', '1', {});
  socket?.pump();
  log.save('goals', '2', {});
  socket?.pump();
  socket?.deliver(10_000);
  await network.flush();
  expect(told).toEqual(['goals 1 created', 'goals 2 created']);
  // The stream, the socket, and the socket once more from the place of the stream.
  expect(opened).toHaveBeenCalledTimes(3);
});

it('an event that cannot be read is asked for again', async () => {
  const { network, follow, log, pass } = createConnectionWorld({ transports: ['websocket'] });
  const { told } = follow({ resources: ['goals'] });
  await network.flush();
  const event = log.save('goals', '1', {});
  const whole = event.cursor;
  Object.assign(event, { cursor: 'cut' });
  log.save('goals', '2', {});
  await network.flush();
  expect(told).toEqual([]);
  Object.assign(event, { cursor: whole });
  await pass(1000);
  expect(told).toEqual(['goals 1 created', 'goals 2 created']);
});

it('a listener that throws is reported and costs the others nothing', async () => {
  const { network, follow, log, connection } = createConnectionWorld();
  const reported: unknown[] = [];
  const plain = globalThis.queueMicrotask;
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((call) =>
    plain(() => {
      try {
        call();
      } catch (error) {
        reported.push(error);
      }
    }),
  );
  connection.follow({
    resources: ['goals'],
    onEvent: () => {
      throw new Error('from a page');
    },
  });
  const { told } = follow({ resources: ['goals'] });
  await network.flush();
  log.save('goals', '1', {});
  log.save('goals', '2', {});
  await network.flush();
  spy.mockRestore();
  expect(told).toEqual(['goals 1 created', 'goals 2 created']);
  expect(reported).toHaveLength(2);
});

it('a stream cut anywhere is read the same, and what was cut off is not told', () => {
  const text =
    'retry: 1\r\nid: e:1\r\n\r\nid: e:2\ndata: {"a":"é"}\n\n: beat\n\ndata: one\ndata: two\n\nid: e:3\r\ndata: three\r\n\r\ndata: lost';
  for (let cut = 0; cut <= text.length; cut += 1) {
    const blocks: unknown[] = [];
    const parse = createSseParser((block) => blocks.push(block));
    parse(text.slice(0, cut));
    parse(text.slice(cut));
    expect(blocks).toEqual([
      { id: 'e:1', data: null },
      { id: 'e:2', data: '{"a":"é"}' },
      { id: null, data: 'one\ntwo' },
      { id: 'e:3', data: 'three' },
    ]);
  }
});

it('a stream that arrives byte by byte is read whole', async () => {
  const { network, follow, log } = createConnectionWorld({ transports: ['sse'] });
  const { events } = follow({ resources: ['goals'] });
  await network.flush();
  log.save('goals', '1', { name: 'Été — ✓' });
  const [stream] = network.pipes;
  stream?.pump();
  for (let byte = 0; byte < 600; byte += 1) {
    stream?.deliver(1);
    await breathe();
  }
  expect(events).toMatchObject([{ change: { record: { name: 'Été — ✓' } } }]);
});

it('a poll that is given up for another wish is no failure', async () => {
  const { network, follow, log, statuses, clock } = createConnectionWorld({ transports: ['longPoll'] });
  follow({ resources: ['goals'] });
  await network.flush();
  clock.advance(1000);
  await breathe();
  expect(network.pipes.size).toBe(1);
  const { told } = follow({ resources: ['tasks'], since: log.head });
  log.save('tasks', '1', {});
  await network.flush();
  expect(told).toEqual(['tasks 1 created']);
  expect(statuses.map(({ state }) => state)).toEqual(['polling']);
});
