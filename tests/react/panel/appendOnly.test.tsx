import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { FormProvider, useForm, useWatch } from 'react-hook-form';
import { I18nextProvider } from 'react-i18next';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FieldInput } from '../../../backoffice/panel/form/FieldInput.tsx';
import { FormContext } from '../../../backoffice/panel/form/FormContext.ts';
import { ListInput } from '../../../backoffice/panel/form/ListInput.tsx';
import { startLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { field } from '../../helpers/panelStandInResources.ts';

const stored = { notes: [{ id: 'n1', text: 'First' }], tags: ['a'] };
const inner = [field('id', 'text', ['Id', 'Id']), field('text', 'text', ['Text', 'Texte'])];
const notes = field('notes', 'list', ['Notes', 'Notes'], { class: 'appendOnly', fields: inner });
const tags = field('tags', 'texts', ['Tags', 'Étiquettes'], { class: 'appendOnly' });

/** What the form holds, as text on the page. */
function Held() {
  const held = useWatch();
  return <output>{JSON.stringify(held)}</output>;
}
const values = () => JSON.parse(drawn.container.querySelector('output')?.textContent ?? '') as unknown;

function Form() {
  const form = useForm({ defaultValues: structuredClone(stored) });
  return (
    <I18nextProvider i18n={i18next}>
      <FormContext value={{ marks: new Map(), stored }}>
        <FormProvider {...form}>
          <ListInput field={notes} name="notes" Field={FieldInput} />
          <FieldInput field={tags} name="tags" />
          <Held />
        </FormProvider>
      </FormContext>
    </I18nextProvider>
  );
}

let drawn: ReturnType<typeof render>;
beforeEach(async () => {
  await startLanguage();
  drawn = render(<Form />);
  await screen.findByRole('group', { name: 'Notes' });
});
afterEach(() => drawn.unmount());

it('what a list that only grows has can be read and not changed, and new items can be typed and taken away again', async () => {
  const user = userEvent.setup();
  const list = screen.getByRole('group', { name: 'Notes' });
  expect(within(list).getByText('Items can be added; those that are there stay.')).toBeVisible();
  expect(within(list).getByLabelText('Text')).toBeDisabled();
  expect(within(list).queryByRole('button', { name: /Remove|Move/ })).toBeNull();
  await user.click(within(list).getByRole('button', { name: /Add/ }));
  const [, added] = within(list).getAllByLabelText('Text');
  expect(added).toBeEnabled();
  await user.type(added as HTMLElement, 'Second');
  expect(values()).toMatchObject({ notes: [{ id: 'n1', text: 'First' }, { text: 'Second' }] });
  await user.click(within(list).getByRole('button', { name: /Remove/ }));
  expect(values()).toMatchObject({ notes: stored.notes });
});

it('short texts that are stored have no button that removes them, and Backspace stops before them', async () => {
  const user = userEvent.setup();
  const input = screen.getByLabelText(/Tags/, { selector: 'input' });
  await user.type(input, 'b{Enter}');
  expect(screen.getAllByRole('button', { name: /Remove/ })).toHaveLength(1);
  await user.type(input, '{Backspace}{Backspace}{Backspace}');
  expect(values()).toMatchObject({ tags: ['a'] });
});
