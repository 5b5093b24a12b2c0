import type { SyncRequestError } from 'backoffice-sync/client';
import type { JsonObject } from '../../shared/json.ts';
import { findOutboxFaults, type TypedEdit } from './findOutboxFaults.ts';
import { createSimulatedBrowser, type Fate, type SimulatedTab } from './outboxBrowser.ts';
import { createOutboxServer } from './outboxServer.ts';

/** What a schedule may contain. */
export interface ScheduleWishes {
  readonly steps: number;
  /** Colleagues, clocks that jump, tabs wrongly taken for dead; without them nobody may ever be asked anything. */
  readonly isRough: boolean;
}

const [paths, fields] = [
  ['/api/team/a', '/api/team/b', '/api/settings'],
  ['a', 'b', 'c'],
] as const;

/** Plays one random schedule to its end and returns what went wrong, in words. */
export async function runOutboxSchedule(seed: number, wishes: ScheduleWishes): Promise<readonly string[]> {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const server = createOutboxServer(
    Object.fromEntries(paths.map((path) => [path, { id: path, a: `${path}0`, b: `${path}1`, c: `${path}2` }])),
  );
  let fates: Fate[] = [];
  const browser = createSimulatedBrowser({
    server,
    random,
    fate: () => fates.shift() ?? 'answered',
    mayMistake: wishes.isRough && random() < 0.2,
  });
  const edits: TypedEdit[] = [];
  const resolved = new Set<string>();
  const known: string[] = [...paths];
  const loaded = new Map<SimulatedTab, Map<string, JsonObject>>();
  const forms = new Map<SimulatedTab, Map<string, JsonObject>>();
  let signedIn = 'u1';
  server.user = 'u1';

  /** The record with what this tab has typed and not settled over it: what its form shows. */
  const show = (tab: SimulatedTab, path: string, record: JsonObject) => {
    const shown: Record<string, unknown> = { ...record };
    for (const edit of edits) {
      if (edit.tab === tab && edit.path === path && edit.user === signedIn && !edit.isSettled)
        shown[edit.field] = edit.value;
    }
    forms.get(tab)?.set(path, shown as JsonObject);
    // As the panel does: of a field that is typed in, the base is what it held before it was first touched.
    const base: Record<string, unknown> = { ...record };
    const before = loaded.get(tab)?.get(path);
    for (const field of fields) {
      const isOwn = edits.some((edit) => edit.tab === tab && edit.value === record[field]);
      if (before && !isOwn && shown[field] !== record[field]) base[field] = before[field];
    }
    const bases = loaded.get(tab) ?? new Map<string, JsonObject>();
    loaded.set(tab, bases.set(path, base as JsonObject));
  };
  const load = (tab: SimulatedTab) => {
    for (const path of known) {
      if (!server.records.has(path) || server.user === null) continue;
      fates.unshift('answered');
      tab.service.load(path).then(
        ({ record }) => show(tab, path, record),
        () => undefined,
      );
    }
  };
  const open = async () => {
    const tab = browser.openTab();
    forms.set(tab, new Map());
    void tab.outbox.signIn(signedIn);
    load(tab);
    await browser.advance(120);
    return tab;
  };
  const type = (tab: SimulatedTab, path: string, value: string) => {
    const form = forms.get(tab)?.get(path);
    if (!form) return;
    const field = pick(fields);
    const edit: TypedEdit = {
      value,
      tab,
      user: signedIn,
      path,
      field,
      seen: form[field],
      typedAtMs: browser.elapsed(),
      isSettled: false,
      isTooLate: false,
      isGivenUp: false,
      isMoved: false,
    };
    edits.push(edit);
    const isWhole = random() < 0.5;
    const { id: _id, version: _version, ...shown } = form;
    const data = isWhole ? { ...shown, [field]: value } : { [field]: value };
    forms.get(tab)?.set(path, { ...form, [field]: value });
    const send = random() < 0.5 ? tab.service.sync : tab.service.queueSync;
    const base = loaded.get(tab)?.get(path);
    send(path, isWhole ? 'PUT' : 'PATCH', data, base ? { base } : {}).then(
      ({ record }) => {
        if (!tab.isAlive || record === null) return;
        edit.isSettled = true;
        for (const older of edits) {
          if (older === edit) break;
          if (older.tab === tab && older.path === path && older.field === field) older.isSettled = true;
        }
        show(tab, path, record);
      },
      ({ problem }: SyncRequestError) => {
        edit.isMoved = problem.code === 'MOVED';
      },
    );
  };
  const create = (tab: SimulatedTab, name: string) => {
    const path = `/api/team/${name}`;
    const edit = { value: name, tab, user: signedIn, path, field: 'a', seen: undefined, typedAtMs: browser.elapsed() };
    edits.push({ ...edit, isSettled: false, isTooLate: false, isGivenUp: false, isMoved: false });
    known.push(path);
    forms.get(tab)?.set(path, { id: name, a: name, b: null, c: null });
    tab.service.sync('/api/team', 'POST', { id: name, a: name, b: null, c: null }).then(
      ({ record }) => {
        const made = edits.find(({ value }) => value === name);
        if (made) made.isSettled = true;
        if (record && tab.isAlive) show(tab, path, record);
      },
      () => undefined,
    );
  };
  const alive = () => browser.tabs.filter((tab) => tab.isAlive);
  const decide = (tab: SimulatedTab) => {
    for (const entry of tab.service.getState().entries) {
      if (entry.status === 'failed' && random() < 0.5) tab.service.retry(entry.id);
      if (entry.status !== 'conflict') continue;
      const choice = random() < 0.6 ? 'mine' : 'theirs';
      for (const { path, mine, theirs } of entry.conflicts ?? []) {
        if (choice === 'mine') resolved.add(`${String(theirs)}>${path}`);
        for (const edit of edits) if (choice === 'theirs' && edit.value === mine) edit.isGivenUp = true;
      }
      tab.service.resolve(entry.id, choice).catch(() => undefined);
    }
  };
  const switchUser = async (user: string) => {
    // As the panel does it: first the outbox is told, then the cookie changes.
    await Promise.race([Promise.all(alive().map((tab) => tab.outbox.signOut())), browser.advance(60)]);
    signedIn = user;
    server.user = user;
    for (const tab of alive()) {
      void tab.outbox.signIn(user);
      forms.set(tab, new Map());
      load(tab);
    }
    await browser.advance(60);
  };

  await open();
  let values = 0;
  for (let step = 0; step < wishes.steps; step++) {
    const tab = pick(alive());
    const kind = random();
    if (kind < 0.4) type(tab, pick(known), `${random() < 0.05 ? 'bad' : 'e'}${(values += 1)}`);
    else if (kind < 0.44) create(tab, `n${(values += 1)}`);
    else if (kind < 0.52) tab.setOnline(!tab.isOnline);
    else if (kind < 0.66)
      fates = Array.from({ length: 4 }, () => pick<Fate>(['lost', 'answer lost', 'busy', 'answered']));
    else if (kind < 0.72) {
      // Twenty milliseconds: a few transactions, among those of the other tabs.
      const isFresh = (edit: TypedEdit) => edit.tab === tab && Math.abs(browser.elapsed() - edit.typedAtMs) < 20;
      for (const edit of edits) if (isFresh(edit)) edit.isTooLate = true;
      browser.kill(tab);
      if (alive().length === 0) await open();
    } else if (kind < 0.8 && alive().length < 3) await open();
    else if (kind < 0.83) server.user = null;
    else if (kind < 0.86) {
      server.user = signedIn;
      for (const one of alive()) void one.outbox.signIn(signedIn);
    } else if (kind < 0.88) tab.isVisible = !tab.isVisible;
    else if (kind < 0.92 && wishes.isRough) server.change(pick(paths), pick(fields), `c${(values += 1)}`);
    else if (kind < 0.94 && wishes.isRough) browser.jump((random() - 0.5) * 7_200_000);
    else if (kind < 0.96 && wishes.isRough) decide(tab);
    else if (kind < 0.97 && wishes.isRough) await switchUser(signedIn === 'u1' ? 'u2' : 'u1');
    await browser.advance(random() < 0.5 ? random() * 20 : random() * 1500);
  }
  fates = [];
  for (const user of wishes.isRough ? ['u2', 'u1'] : ['u1']) {
    if (wishes.isRough) await switchUser(user);
    else {
      server.user = user;
      for (const tab of alive()) void tab.outbox.signIn(user);
    }
    for (const tab of alive()) {
      tab.isVisible = true;
      tab.setOnline(true);
    }
    for (let round = 0; round < 3; round++) {
      await browser.advance(12_000);
      // Who is told that nobody is signed in asks the person, who does it again.
      for (const tab of alive())
        if (tab.problems.splice(0).some(({ status }) => status === 401)) void tab.outbox.signIn(user);
    }
  }
  return findOutboxFaults({ server, browser, edits, resolved, isCalm: !wishes.isRough });
}

function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
