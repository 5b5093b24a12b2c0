import type { InputHTMLAttributes, Ref } from 'react';
import { FieldFrame, type FieldFrameProps } from './FieldFrame.tsx';
import styles from './controls.module.css';

/** A field of one line. */
export function TextField({
  label,
  required,
  marked,
  error,
  description,
  ...input
}: FieldFrameProps & InputHTMLAttributes<HTMLInputElement> & { readonly ref?: Ref<HTMLInputElement> }) {
  return (
    <FieldFrame label={label} required={required} marked={marked} error={error} description={description}>
      {(connected) => <input {...input} {...connected} className={styles.input} />}
    </FieldFrame>
  );
}
