import type { Ref, SelectHTMLAttributes } from 'react';
import { FieldFrame, type FieldFrameProps } from './FieldFrame.tsx';
import styles from './controls.module.css';

/** A choice out of few, drawn by the browser: on a phone that is its own wheel. */
export function SelectField({
  label,
  required,
  error,
  description,
  options,
  ...input
}: FieldFrameProps &
  SelectHTMLAttributes<HTMLSelectElement> & {
    readonly options: readonly { readonly value: string; readonly label: string }[];
    readonly ref?: Ref<HTMLSelectElement>;
  }) {
  return (
    <FieldFrame label={label} required={required} error={error} description={description}>
      {(connected) => (
        <select {...input} {...connected} className={`${styles.input} ${styles.select}`}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </FieldFrame>
  );
}
