import type { ComponentType } from 'react';
import { useFormats } from '../language/useFormats.ts';
import { FieldNotes } from './FieldNotes.tsx';
import type { FieldInputProps } from './SimpleInput.tsx';
import styles from './form.module.css';

/** A group of fields that belong together, under one heading. */
export function GroupInput({
  field,
  name,
  Field,
}: FieldInputProps & { readonly Field: ComponentType<FieldInputProps> }) {
  const { words } = useFormats();
  return (
    <fieldset className={styles.group}>
      <legend className={styles.legend}>{words(field.label)}</legend>
      <FieldNotes field={field} name={name} />
      {(field.fields ?? []).map((inner) => (
        <Field key={inner.name} field={inner} name={`${name}.${inner.name}`} />
      ))}
    </fieldset>
  );
}
