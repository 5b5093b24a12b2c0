import { useId, type InputHTMLAttributes, type Ref } from 'react';
import type { FieldFrameProps } from './FieldFrame.tsx';
import styles from './controls.module.css';

/** Yes or no; the label stands after the box, and the whole line is the target. */
export function CheckField({
  label,
  error,
  description,
  ...input
}: Omit<FieldFrameProps, 'required' | 'marked'> &
  InputHTMLAttributes<HTMLInputElement> & { readonly ref?: Ref<HTMLInputElement> }) {
  const id = useId();
  const ids = [error === undefined ? '' : `${id}-error`, description == null ? '' : `${id}-description`];
  return (
    <div className={styles.field}>
      <label className={styles.check}>
        <input
          type="checkbox"
          {...input}
          aria-describedby={ids.join(' ').trim() || undefined}
          aria-invalid={error === undefined ? undefined : true}
        />
        {label}
      </label>
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {description != null && <div id={`${id}-description`}>{description}</div>}
    </div>
  );
}
