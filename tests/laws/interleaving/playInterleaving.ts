import type { SaveRequest } from '../../../backoffice/client/buildSaveRequest.ts';
import type { SaveAnswer } from '../../../backoffice/client/sendSave.ts';
import type { Choices } from '../choices.ts';
import { faultsOf, type Intent } from './journal.ts';
import { openModelServer, type ModelServer } from './modelServer.ts';
import { createPage, type Page } from './page.ts';

/** A request on its way, and its answer once the server has taken it. */
interface Letter {
  readonly page: Page;
  readonly request: SaveRequest;
  answer: SaveAnswer | undefined;
}

/** One action of a schedule, as it reads in a counterexample. */
export type Played = { readonly steps: readonly string[]; readonly faults: readonly string[] };

const actions = [
  'type', 'type', 'type', 'typeAndSave', 'typeAndSave', 'save', 'send', 'arrive', 'answer', 'both', 'lose', 'resolve', 'open',
] as const; // prettier-ignore

/** The most rounds in which everything that waits has to come to its end. */
const longestEnd = 60;

/** How much happens: one of these numbers of writers, and actions before everything comes to its end. */
export interface Scale {
  readonly writers: readonly number[];
  readonly count: number;
}

/**
 * Lets writers edit one record in an order that the choices say: typing, saving, requests that arrive late, twice or
 * two at once, answers that get lost, conflicts decided either way; then lets everything come to its end.
 */
export async function playInterleaving(choices: Choices, { writers, count }: Scale): Promise<Played> {
  const server = await openModelServer();
  const intents: Intent[] = [];
  const steps: string[] = [];
  const pages = ['a', 'b', 'c', 'd', 'e'].slice(0, choices.pick(writers)).map((name) => createPage(name, intents));
  const letters: Letter[] = [];
  const first = await server.load();
  for (const page of pages) page.open(first);

  for (let step = 0; step < count; step++) {
    const page = choices.pick(pages);
    const action = choices.pick(actions);
    steps.push(`${action} ${page.name}`);
    await act(action, { server, page, letters, choices });
  }
  for (let round = 0; round < longestEnd && pages.some((page) => !page.isDone()); round++) {
    for (const page of pages) {
      page.save(false);
      page.resolve(choices.chance(50) ? 'mine' : 'theirs');
      send(page, letters);
    }
    while (letters.length > 0) await arriveAndAnswer(server, letters, choices);
  }
  const unfinished = pages.filter((page) => !page.isDone()).map((page) => `${page.name} never comes to an end`);
  // That an item was moved is in no field.
  const typed = intents.filter(({ path }) => path !== '/members order');
  return { steps, faults: [...unfinished, ...faultsOf(await server.changes(), typed)] };
}

interface Scene {
  readonly server: ModelServer;
  readonly page: Page;
  readonly letters: Letter[];
  readonly choices: Choices;
}

async function act(action: (typeof actions)[number], { server, page, letters, choices }: Scene): Promise<void> {
  switch (action) {
    case 'type':
      return page.type(choices);
    case 'typeAndSave':
      page.type(choices);
      return page.save(false);
    case 'save':
      return page.save(choices.chance(50));
    case 'send':
    case 'lose':
      // Nobody answers, so the same goes out again; the first may arrive all the same, before or after.
      return send(page, letters);
    case 'arrive':
      return arrive(server, letters[choices.below(Math.max(letters.length, 1))]);
    case 'answer':
      return arriveAndAnswer(server, letters, choices);
    case 'both':
      await Promise.all([arrive(server, letters[0]), arrive(server, letters[1]), arrive(server, letters[0])]);
      return;
    case 'resolve':
      return page.resolve(choices.chance(50) ? 'mine' : 'theirs');
    case 'open':
      return page.open(await server.load());
  }
}

function send(page: Page, letters: Letter[]): void {
  const request = page.request();
  if (request !== null) letters.push({ page, request, answer: undefined });
}

async function arrive(server: ModelServer, letter: Letter | undefined): Promise<void> {
  if (letter === undefined) return;
  const answer = await server.deliver(letter.request, letter.page.name);
  letter.answer ??= answer;
}

async function arriveAndAnswer(server: ModelServer, letters: Letter[], choices: Choices): Promise<void> {
  const [letter] = letters.splice(choices.below(Math.max(letters.length, 1)), 1);
  if (letter === undefined) return;
  if (letter.answer === undefined) await arrive(server, letter);
  if (letter.answer !== undefined) letter.page.answer(letter.request.headers['Idempotency-Key'] ?? '', letter.answer);
}
