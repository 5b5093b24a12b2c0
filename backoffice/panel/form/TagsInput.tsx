/** A field of several short texts. */
import { useRef, useState, type KeyboardEvent } from 'react';
import { useController } from 'react-hook-form';
import { useTranslation } from 'react-i18next';
import { Button } from '../controls/Button.tsx';
import { TextField } from '../controls/TextField.tsx';
import { useFormats } from '../language/useFormats.ts';
import { FieldNotes, useHasNotes } from './FieldNotes.tsx';
import { useFixedItems, useIsLocked, useOpenedText, useRounds } from './FormContext.ts';
import type { FieldInputProps } from './SimpleInput.tsx';
import styles from './form.module.css';

/** What stands in the input. While it `isHeld`, the field has it as its last text already. */
interface Typing {
  readonly text: string;
  readonly isHeld: boolean;
  readonly round: number;
}

/**
 * Shows each text with a button that removes it, and an input that adds one by Enter, comma or leaving it.
 *
 * What is typed is part of the field at once: it is an edit for the save, for the question at leaving and at a reload. A save
 * makes it a tag.
 */
export function TagsInput({ field, name }: FieldInputProps) {
  const { t } = useTranslation();
  const { words } = useFormats();
  const { field: input, fieldState } = useController({ name });
  const [said, setSaid] = useState('');
  const box = useRef<HTMLInputElement | null>(null);
  const hasNotes = useHasNotes(field, name);
  const all = (input.value ?? []) as readonly string[];
  const fixed = useFixedItems(field, name);
  const isLocked = useIsLocked(name);
  const round = useRounds();
  const none: Typing = { text: '', isHeld: false, round };
  const opened = useOpenedText(name);
  const [typing, setTyping] = useState<Typing>({ text: opened, isHeld: opened.trim() === all.at(-1), round });
  // Saved, discarded, or replaced from elsewhere: then the input starts again, and what the field has is tags.
  const isOver = typing.round !== round || (typing.isHeld && all.at(-1) !== typing.text.trim());
  const { text: typed, isHeld } = isOver ? none : typing;
  const texts = isHeld ? all.slice(0, -1) : all;

  const type = (text: string) => {
    if (isLocked) return;
    const tag = text.trim();
    const isNew = tag !== '' && !texts.includes(tag);
    if (isNew || isHeld) input.onChange(isNew ? [...texts, tag] : texts);
    setTyping({ text, isHeld: isNew, round });
  };
  const add = () => {
    setTyping(none);
    if (isHeld) setSaid(t('form.tagAdded', { text: typed.trim() }));
  };
  const remove = (text: string, at: number) => {
    if (isLocked) return;
    // By its place: of two equal tags the other one stays.
    input.onChange(all.filter((_tag, index) => index !== at));
    setSaid(t('form.tagRemoved', { text }));
    box.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault();
      add();
    }
    const last = texts.at(-1);
    if (event.key === 'Backspace' && typed === '' && last !== undefined && !fixed.includes(last))
      remove(last, texts.length - 1);
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
        onChange={(event) => type(event.target.value)}
        readOnly={isLocked}
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
          {texts.map((text, at) => (
            <li key={tagKey(texts, at)} className={styles.tag}>
              <span>{text}</span>
              {!fixed.includes(text) && (
                <Button
                  look="subtle"
                  small
                  className={styles.removeTag}
                  aria-label={t('form.removeTag', { text })}
                  onClick={() => remove(text, at)}
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

/** Its text, and which of the equal ones it is. */
function tagKey(texts: readonly string[], at: number): string {
  const equalBefore = texts.slice(0, at).filter((text) => text === texts[at]).length;
  return `${equalBefore} ${texts[at] ?? ''}`;
}
