import type { JsonObject, JsonValue } from '../../../shared/json.ts';
import type { Choices } from '../choices.ts';
import { itemToken, pointerOf } from '../plainJson.ts';

/** One edit of a form: its field, the place inside, and the field's new value; `next` is absent when there was nothing to edit. */
export interface Typed {
  readonly field: string;
  readonly path: string;
  readonly value: JsonValue | undefined;
  readonly next: JsonValue | undefined;
}

/** Few, so that writers often meet. */
const kinds = [
  'title',
  'title',
  'street',
  'city',
  'name',
  'name',
  'role',
  'add',
  'remove',
  'move',
  'joinDate',
  'date',
] as const;

/** Types a text that nobody has typed before somewhere into a form, also where the form should not let it; or adds, removes or moves an item. */
export function typeSomething(form: JsonObject, choices: Choices, text: string): Typed {
  const members = form['members'] as readonly JsonObject[];
  const place = choices.below(members.length + 1);
  const member = members[place];
  const list = { field: 'members', path: pointerOf(['members', itemToken('id', member?.['id'] ?? text)]) };
  const name = choices.pick(kinds);
  switch (name) {
    case 'title':
    case 'joinDate':
      return { field: name, path: `/${name}`, value: text, next: text };
    case 'street':
    case 'city':
      return {
        field: 'address',
        path: `/address/${name}`,
        value: text,
        next: { ...(form['address'] as JsonObject), [name]: text },
      };
    case 'add': {
      const item = { id: text, name: `name of ${text}`, role: `role of ${text}` };
      const next = [...members.slice(0, place), item, ...members.slice(place)];
      return { field: 'members', path: pointerOf(['members', itemToken('id', text)]), value: 'there', next };
    }
    case 'remove':
      return { ...list, value: undefined, next: member && members.filter((other) => other !== member) };
    case 'move': {
      // Moves nothing but the item; that it was typed is nothing to look for.
      const rest = members.filter((other) => other !== member);
      const next = member && [...rest.slice(1), member, ...rest.slice(0, 1)];
      return { field: 'members', path: '/members order', value: null, next };
    }
    default: {
      const field = name === 'date' ? 'joinDate' : name;
      const next = member && members.map((other) => (other === member ? { ...other, [field]: text } : other));
      return { field: 'members', path: `${list.path}/${field}`, value: text, next };
    }
  }
}
