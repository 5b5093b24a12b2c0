import { canJoin, joinSaves } from '../../../backoffice/client/joinSaves.ts';
import { createPendingSave } from '../../../backoffice/client/createPendingSave.ts';
import { createRecordMemory } from '../../../backoffice/client/recordMemory.ts';
import { buildSaveRequest, type SaveRequest } from '../../../backoffice/client/buildSaveRequest.ts';
import { followAnswer, settleRefusal } from '../../../backoffice/client/followAnswer.ts';
import type { PendingSave } from '../../../backoffice/client/pendingSave.ts';
import { resolveSave } from '../../../backoffice/client/resolveSave.ts';
import type { SaveAnswer } from '../../../backoffice/client/sendSave.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Choices } from '../choices.ts';
import { copyOf } from '../plainJson.ts';
import { fieldsOf, isWithin } from './fieldsOf.ts';
import { giveUp, known, type Intent } from './journal.ts';
import { recordUrl } from './modelServer.ts';
import { typeSomething } from './typeSomething.ts';

type Form = Record<string, JsonValue>;

/** One writer: a form, and the saves that wait, decided by the client's own functions. */
export interface Page {
  readonly name: string;
  /** Shows the record as it is now, unless something is typed or on its way. */
  open(record: JsonObject): void;
  type(choices: Choices): void;
  /** Makes one save of what was typed; it may join the one that waits. */
  save(mayJoin: boolean): void;
  /** The request to send now, once or again; null when there is none. */
  request(): SaveRequest | null;
  /** An answer to a request; one that nobody waits for any more is not looked at. */
  answer(key: string, answer: SaveAnswer): void;
  isInConflict(): boolean;
  resolve(choice: 'mine' | 'theirs'): void;
  isDone(): boolean;
}

/** Opens a page; what is typed in it is written down in `intents`. */
export function createPage(name: string, intents: Intent[]): Page {
  let number = 0;
  let shown: JsonObject = {};
  let form: Form = {};
  const seen = new Map<string, number>();
  const touched = new Map<string, JsonValue | undefined>();
  const unsaved: Intent[] = [];
  const queue: PendingSave[] = [];
  const intentsOf = new Map<PendingSave, Intent[]>();
  const memory = createRecordMemory();
  const clock = { now: () => (number += 1), after: () => () => {}, random: () => 0 };
  const newKey = (): string => `${name}-${(number += 1)}`;

  const learn = (record: JsonObject): void => {
    number += 1;
    for (const [path, value] of fieldsOf(record)) {
      const line = known(path, value);
      if (!seen.has(line)) seen.set(line, number);
    }
  };
  /** What is typed or on its way stays on the screen; everything else follows the record. */
  const adopt = (record: JsonObject): void => {
    const busy = new Set([...touched.keys(), ...queue.flatMap((save) => Object.keys(save.typed))]);
    learn(record);
    shown = record;
    form = { ...copyOf(record), ...Object.fromEntries([...busy].map((field) => [field, form[field] as JsonValue])) };
  };

  const decisionAt = (path: string) => ({ writer: name, path, value: null, isGivenUp: true, isDecision: true });

  return {
    name,
    open(record) {
      if (queue.length === 0 && touched.size === 0) adopt(record);
    },
    type(choices) {
      const { field, path, value, next } = typeSomething(form, choices, `${name}${(number += 1)}`);
      if (next === undefined) return;
      giveUpOlder(unsaved, path);
      const intent: Intent = { writer: name, path, value, seen, typedAt: number, decided: new Set(), isGivenUp: false };
      unsaved.push(intent);
      intents.push(intent);
      if (!touched.has(field)) touched.set(field, shown[field]);
      form[field] = next;
      learn({ [field]: next });
    },
    save(mayJoin) {
      if (touched.size === 0) return;
      const fields = [...touched.keys()];
      const data = Object.fromEntries(fields.map((field) => [field, form[field] as JsonValue]));
      const base = Object.fromEntries([...touched].filter(([, value]) => value !== undefined)) as JsonObject;
      const made = createPendingSave({ url: recordUrl, method: 'PATCH', data, wishes: { base }, memory, clock });
      made.key = newKey();
      const typed = unsaved.splice(0);
      touched.clear();
      const last = queue.at(-1);
      if (mayJoin && last !== undefined && canJoin(last, made)) {
        const older = intentsOf.get(last) ?? [];
        for (const intent of typed) giveUpOlder(older, intent.path);
        intentsOf.set(last, [...older, ...typed]);
        Object.assign(last, joinSaves(last, made));
      } else {
        queue.push(made);
        intentsOf.set(made, typed);
      }
    },
    request() {
      const [first] = queue;
      if (first === undefined || first.status === 'conflict') return null;
      first.status = 'sending';
      return (first.request ??= buildSaveRequest(first));
    },
    answer(key, answer) {
      const [save] = queue;
      if (save === undefined || save.request === null || save.key !== key) return;
      if (answer.kind === 'saved') {
        followAnswer(queue, save, answer.result, newKey);
        queue.shift();
        if (answer.result.record !== null) adopt(answer.result.record);
      } else if (answer.kind === 'conflict') {
        settleRefusal(save, answer, newKey());
      } else {
        throw new Error(`refused: ${answer.problem.code} ${answer.problem.title}`);
      }
    },
    isInConflict: () => queue[0]?.status === 'conflict',
    resolve(choice) {
      const [save] = queue;
      if (save?.status !== 'conflict') return;
      const decided = intentsOf.get(save) ?? [];
      const current = fieldsOf(save.current ?? {});
      for (const { path } of save.conflicts) {
        if (choice === 'theirs') giveUp(decided, path);
        else intents.push({ ...decisionAt(path), seen, typedAt: number, decided: new Set() });
        // Whoever decides a conflict has looked at what the other side has there, also for what was typed meanwhile.
        for (const [field, value] of current) {
          if (!isWithin(field, path)) continue;
          for (const intent of intents) {
            if (intent.writer === name && isWithin(field, intent.path)) intent.decided.add(known(field, value));
          }
        }
      }
      resolveSave(queue, save, choice);
      save.status = 'waiting';
    },
    isDone: () => queue.length === 0 && touched.size === 0,
  };
}

/** What is typed over before it was sent was never meant to be stored. */
function giveUpOlder(intents: readonly Intent[], path: string): void {
  for (const intent of intents) if (isWithin(intent.path, path)) intent.isGivenUp = true;
}
