import type { JsonObject, JsonValue } from 'backoffice-sync/merge';

/** One thing that a person did; a token of the path is a member name or, in a list, the id of an item. */
export type Edit =
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: string }
  | { readonly kind: 'remove'; readonly list: string; readonly id: string }
  | { readonly kind: 'add'; readonly list: string; readonly after: string; readonly item: JsonObject };

/** Three records to merge, what led from the first to the other two, and what every contestant has to come to. */
export interface MergeTask {
  readonly name: string;
  readonly base: JsonObject;
  readonly mine: JsonObject;
  readonly theirs: JsonObject;
  readonly merged: JsonObject;
  readonly mineEdits: readonly Edit[];
  readonly theirEdits: readonly Edit[];
}

const additionsPerSide = 5;
const removalsPerSide = 3;

/** The records of the comparison: settings of 1 kB, and team pages of 20 and 300 kB, these also with members who come and go. */
export function mergeTasks(): readonly MergeTask[] {
  return [
    makeTask('1 kB settings', settings(), { mine: settingEdits(0), theirs: settingEdits(5) }),
    ...[100, 2000].flatMap((count) => {
      const name = count === 100 ? '20 kB, 100 members' : '300 kB, 2,000 members';
      const edits = { mine: memberEdits(count, 0), theirs: memberEdits(count, 1) };
      const moves = {
        mine: [...edits.mine, ...comingAndGoing(count, 0)],
        theirs: [...edits.theirs, ...comingAndGoing(count, 1)],
      };
      return [makeTask(name, teamPage(count), edits), makeTask(`${name} come and go`, teamPage(count), moves)];
    }),
  ];
}

function makeTask(
  name: string,
  base: JsonObject,
  { mine, theirs }: { readonly mine: readonly Edit[]; readonly theirs: readonly Edit[] },
): MergeTask {
  return {
    name,
    base,
    mine: edited(base, mine),
    theirs: edited(base, theirs),
    merged: edited(base, [...mine, ...theirs]),
    mineEdits: mine,
    theirEdits: theirs,
  };
}

const settingFields = [
  'company',
  'slogan',
  'street',
  'city',
  'phone',
  'email',
  'opening',
  'closing',
  'imprint',
  'owner',
];

function settings(): JsonObject {
  const fields = settingFields.map((field) => [field, `The ${field} of the company, `.repeat(2)] as const);
  const links = { website: 'https://example.com', news: 'https://example.com/news', jobs: 'https://example.com/jobs' };
  const theme = { primary: '#1c7ed6', secondary: '#fab005', font: 'Inter', isDark: false, radius: 4 };
  return { ...Object.fromEntries(fields), links, theme, languages: ['en', 'fr', 'de'], seats: 40, isOpen: true };
}

const settingEdits = (from: number): Edit[] =>
  settingFields.slice(from, from + 5).map((field) => ({ kind: 'set', path: [field], value: `A new ${field}` }));

/** A page with this many members, each of some 150 characters; fewer than a thousand have a motto, too. */
export function teamPage(count: number): JsonObject {
  return {
    title: 'Our team',
    intro: 'Who you meet when you come to see us.',
    members: Array.from({ length: count }, (_, number) => ({
      ...member(`m${number}`, number),
      ...(count < 1000 && { motto: `A motto of the length of an average one, ${number}` }),
    })),
  };
}

function member(id: string, number: number): JsonObject {
  return {
    id,
    name: `Member ${number}`,
    role: ['Engineer', 'Designer', 'Consultant', 'Accountant'][number % 4] as string,
    email: `member.${number}@example.com`,
    contact: { phone: '+33 1 00 00 00 00', city: ['Lyon', 'Paris'][number % 2] as string },
    isActive: number % 7 !== 0,
  };
}

const memberFields = [['role'], ['contact', 'city'], ['email'], ['contact', 'phone'], ['name']] as const;

/** Spread over the list, a different place for each side, except one member of whom both change another field. */
const memberEdits = (count: number, side: number): Edit[] =>
  memberFields.map((field, place) => {
    const number = place === 4 ? count - 1 : Math.floor((count * (place + 0.2 + side / 2)) / 5);
    const path = place === 4 && side === 1 ? ['contact', 'city'] : field;
    return { kind: 'set', path: ['members', `m${number}`, ...path], value: `Changed by ${side}` };
  });

/** Never at a place that the other side uses, so that there is one right result; more come than go, so that indexes move. */
const comingAndGoing = (count: number, side: number): Edit[] =>
  Array.from({ length: additionsPerSide }, (_, place): Edit[] => {
    const near = Math.floor((count * (place + 0.3 + side / 2)) / additionsPerSide);
    const id = `new${side}-${place}`;
    const addition: Edit = { kind: 'add', list: 'members', after: `m${near}`, item: member(id, near) };
    if (place >= removalsPerSide) return [addition];
    return [addition, { kind: 'remove', list: 'members', id: `m${near + 1 + Math.floor(count / 100)}` }];
  }).flat();

type Mutable = { [name: string]: JsonValue };

/** A copy that shares nothing with the record, as records that come from a body and from a store share nothing. */
function edited(record: JsonObject, edits: readonly Edit[]): JsonObject {
  const copy = JSON.parse(JSON.stringify(record)) as Mutable;
  for (const edit of edits) {
    if (edit.kind === 'set') {
      const parent = edit.path.slice(0, -1).reduce<JsonValue>(childOf, copy) as Mutable;
      parent[edit.path.at(-1) ?? ''] = edit.value;
    } else {
      const list = copy[edit.list] as JsonObject[];
      if (edit.kind === 'add') list.splice(indexOf(list, edit.after) + 1, 0, edit.item);
      else list.splice(indexOf(list, edit.id), 1);
    }
  }
  return JSON.parse(JSON.stringify(copy)) as JsonObject;
}

function childOf(value: JsonValue, token: string): JsonValue {
  if (Array.isArray(value)) return value[indexOf(value as JsonObject[], token)] as JsonValue;
  return (value as JsonObject)[token] as JsonValue;
}

function indexOf(list: readonly JsonObject[], id: string): number {
  const index = list.findIndex((item) => item['id'] === id);
  if (index === -1) throw new Error(`There is no item "${id}".`);
  return index;
}
