import { expect, test } from 'vitest';
import { en } from '../../../backoffice/panel/language/en.ts';
import { enConfiguration } from '../../../backoffice/panel/language/enConfiguration.ts';
import { enConflict } from '../../../backoffice/panel/language/enConflict.ts';
import { enDetails } from '../../../backoffice/panel/language/enDetails.ts';
import { enDrafts } from '../../../backoffice/panel/language/enDrafts.ts';
import { enNotifications } from '../../../backoffice/panel/language/enNotifications.ts';
import { enOperations } from '../../../backoffice/panel/language/enOperations.ts';
import { enQuestions } from '../../../backoffice/panel/language/enQuestions.ts';
import { enReach } from '../../../backoffice/panel/language/enReach.ts';
import { enUndo } from '../../../backoffice/panel/language/enUndo.ts';
import { enWebhooks } from '../../../backoffice/panel/language/enWebhooks.ts';
import { fr } from '../../../backoffice/panel/language/fr.ts';
import { frConfiguration } from '../../../backoffice/panel/language/frConfiguration.ts';
import { frConflict } from '../../../backoffice/panel/language/frConflict.ts';
import { frDetails } from '../../../backoffice/panel/language/frDetails.ts';
import { frDrafts } from '../../../backoffice/panel/language/frDrafts.ts';
import { frNotifications } from '../../../backoffice/panel/language/frNotifications.ts';
import { frOperations } from '../../../backoffice/panel/language/frOperations.ts';
import { frQuestions } from '../../../backoffice/panel/language/frQuestions.ts';
import { frReach } from '../../../backoffice/panel/language/frReach.ts';
import { frUndo } from '../../../backoffice/panel/language/frUndo.ts';
import { frWebhooks } from '../../../backoffice/panel/language/frWebhooks.ts';

function texts(words: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[`${prefix}${key}`, value] as const]
        : [...texts(value as object, `${prefix}${key}.`)],
    ),
  );
}
/** Each part is read by itself: where two have the same group, one would hide the other. */
const all = (parts: readonly object[]) => new Map(parts.flatMap((part) => [...texts(part)]));
const english = all([
  en,
  enDetails,
  enQuestions,
  {
    configuration: enConfiguration,
    conflict: enConflict,
    drafts: enDrafts,
    notifications: enNotifications,
    operations: enOperations,
    reach: enReach,
    undo: enUndo,
    webhooks: enWebhooks,
  },
]);
const french = all([
  fr,
  frDetails,
  frQuestions,
  {
    configuration: frConfiguration,
    conflict: frConflict,
    drafts: frDrafts,
    notifications: frNotifications,
    operations: frOperations,
    reach: frReach,
    undo: frUndo,
    webhooks: frWebhooks,
  },
]);
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

test('both languages have the same keys', () => {
  expect([...french.keys()].sort()).toEqual([...english.keys()].sort());
});

test('both languages put the same values into a sentence', () => {
  for (const [key, text] of english)
    expect([key, placeholders(french.get(key) ?? '')]).toEqual([key, placeholders(text)]);
});

test('French has a no-break space before two-part signs and inside its quotes', () => {
  const wrong = [...french].filter(([, text]) => /[^\u00a0\u202f][:;!?»](\s|$)|«[^\u00a0]/.test(text));
  expect(wrong).toEqual([]);
});

test('no text is empty', () => {
  expect([...english, ...french].filter(([, text]) => text.trim() === '')).toEqual([]);
});
