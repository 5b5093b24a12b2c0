import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import { FormProvider, useForm } from 'react-hook-form';
import { I18nextProvider } from 'react-i18next';
import { beforeEach, expect, it } from 'vitest';
import { startLanguage } from '../../../backoffice/panel/language/startLanguage.ts';
import { TagsInput } from '../../../backoffice/panel/form/TagsInput.tsx';
import { field } from '../../helpers/panelStandInResources.ts';

/** A form whose tags are set from elsewhere at a key, as a decided conflict does. */
function Form() {
  const form = useForm({ defaultValues: { tags: ['a'] } });
  return (
    <I18nextProvider i18n={i18next}>
      <FormProvider {...form}>
        <div onKeyUp={(event) => event.key === 'F9' && form.setValue('tags', ['x'])}>
          <TagsInput field={field('tags', 'texts', ['Tags', 'Étiquettes'])} name="tags" />
        </div>
      </FormProvider>
    </I18nextProvider>
  );
}

beforeEach(() => startLanguage().then(() => undefined));

it('tags that are set from elsewhere are all shown, and the one that was being typed is none of them', async () => {
  const user = userEvent.setup();
  render(<Form />);
  const box = screen.getByLabelText(/Tags/, { selector: 'input' });
  await user.type(box, 'b');
  await user.keyboard('{F9}');
  expect(box).toHaveValue('');
  expect(screen.getAllByRole('button').map((button) => button.getAttribute('aria-label'))).toEqual(['Remove “x”']);
});
