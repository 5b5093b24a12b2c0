/** A field of several short texts. */
import { useRef, useState, type KeyboardEvent } from 'react';
import { useController } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useFormats } from '../language/useFormats.ts';
import { FieldNotes, useHasNotes } from './FieldNotes.tsx';
import { useFixedItems } from './FormContext.ts';
import type { FieldInputProps } from './SimpleInput.tsx';
import styles from './form.module.css';

/** Shows each text with a button that removes it, and an input that adds one by Enter, comma or leaving it. */
export function TagsInput({ field, name }: FieldInputProps) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { field: input, fieldState } = useController({ name });
  const [typed, setTyped] = useState('');
  const [said, setSaid] = useState('');
  const box = useRef<HTMLInputElement | null>(null);
  const hasNotes = useHasNotes(field, name);
  const texts = (input.value ?? []) as readonly string[];
  const fixed = useFixedItems(field, name);

  const add = () => {
    const text = typed.trim();
    setTyped('');
    if (text === '' || texts.includes(text)) return;
    input.onChange([...texts, text]);
    setSaid(t('form.tagAdded', { text }));
  };
  const remove = (text: string) => {
    input.onChange(texts.filter((other) => other !== text));
    setSaid(t('form.tagRemoved', { text }));
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add();
    }
    const last = texts.at(-1);
    if (event.key === 'Backspace' && typed === '' && last !== undefined && !fixed.includes(last)) remove(last);
  };

  return (
    <div>
      <TextField
        name={name}
        ref={(element) => {
          box.current = element;
          input.ref(element);
        }}
        label={words(field.label)}
        required={field.required}
        placeholder={t('form.tagPlaceholder')}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => {
          add();
          input.onBlur();
        }}
        error={fieldState.error?.message}
        description={hasNotes ? <FieldNotes field={field} name={name} /> : undefined}
        autoComplete="off"
      />
      {texts.length > 0 && (
        <ul className={styles.tags} aria-label={words(field.label)}>
          {texts.map((text) => (
            <li key={text} className={styles.tag}>
              <span>{text}</span>
              {!fixed.includes(text) && (
                <Button
                  look="subtle"
                  small
                  className={styles.removeTag}
                  aria-label={t('form.removeTag', { text })}
                  onClick={() => remove(text)}
                >
                  <span aria-hidden>×</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <span role="status" className="visually-hidden">
        {said}
      </span>
    </div>
  );
}
