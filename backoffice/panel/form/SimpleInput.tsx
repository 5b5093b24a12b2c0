/** A field with one value: every kind that the browser has an input for. */
import { useController } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import type { FieldDescription } from '../../../shared/resource.ts';
import { CheckField } from '../controls/CheckField.tsx';
import { LongTextField } from '../controls/LongTextField.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useFormats } from '../language/useFormats.ts';
import { FieldNotes, useHasNotes } from './FieldNotes.tsx';
import { useIsLocked } from './FormContext.ts';
import { readNumber } from './readNumber.ts';

/** What every input of the form gets: the field and the form's name for it (`links.0.url`). */
export interface FieldInputProps {
  readonly field: FieldDescription;
  readonly name: string;
}

const INPUT_ATTRIBUTES: Partial<Record<FieldDescription['kind'], object>> = {
  // Not of type email: of those a browser does not say where the caret is, so it could not be kept.
  email: { type: 'text', inputMode: 'email', autoComplete: 'off', autoCapitalize: 'off', spellCheck: false },
  url: { type: 'url', inputMode: 'url', autoComplete: 'off', spellCheck: false, placeholder: 'https://' },
  phone: { type: 'tel', inputMode: 'tel', autoComplete: 'off' },
  date: { type: 'date' },
};

/** Draws text, number, date, choice and yes-or-no fields. */
export function SimpleInput({ field, name }: FieldInputProps) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { field: input, fieldState } = useController({ name });
  const isLocked = useIsLocked(name);
  const onChange = (value: string | number | boolean) => {
    if (!isLocked) input.onChange(value);
  };
  const text = input.value as string | number | boolean;
  const hasNotes = useHasNotes(field, name);
  const notes = hasNotes ? (
    <FieldNotes field={field} name={name} text={typeof text === 'string' ? text : ''} />
  ) : undefined;
  const shared = {
    name,
    ref: input.ref,
    onBlur: input.onBlur,
    label: words(field.label),
    required: field.required,
    error: fieldState.error?.message,
    description: notes,
    ...(isLocked ? { readOnly: true, 'aria-disabled': true } : {}),
  };
  if (field.kind === 'boolean') {
    const { required: _required, ...box } = shared;
    return <CheckField {...box} checked={text === true} onChange={(event) => onChange(event.target.checked)} />;
  }
  const onText = (event: { target: { value: string } }) => onChange(event.target.value);
  if (field.kind === 'longText') {
    return <LongTextField {...shared} value={String(text)} onChange={onText} />;
  }
  if (field.kind === 'choice') {
    const choices = (field.choices ?? []).map((choice) => ({ value: choice.value, label: words(choice.label) }));
    const options = field.required && text !== '' ? choices : [{ value: '', label: t('form.noChoice') }, ...choices];
    return <SelectField {...shared} value={String(text)} onChange={onText} options={options} />;
  }
  if (field.kind === 'number') {
    // Not of type number: of a text that is no number yet, such as "7e", a browser says that the field is empty. The form
    // holds the text while it is typed, and the number as soon as the text is its plain form.
    const onNumber = (event: { target: HTMLInputElement }) => {
      const typed = event.target.value;
      const value = readNumber(typed);
      onChange(value !== null && String(value) === typed ? value : typed);
    };
    return <TextField {...shared} inputMode="decimal" autoComplete="off" value={String(text)} onChange={onNumber} />;
  }
  const kind =
    field.class === 'secret' ? { type: 'password', autoComplete: 'new-password' } : INPUT_ATTRIBUTES[field.kind];
  return <TextField {...shared} {...kind} value={String(text)} onChange={onText} />;
}
