import type { Ref, TextareaHTMLAttributes } from 'react';
import { FieldFrame, type FieldFrameProps } from './FieldFrame.tsx';
import styles from './controls.module.css';

/** A field of several lines; it grows with its text where the browser can. */
export function LongTextField({
  label,
  required,
  error,
  description,
  ...input
}: FieldFrameProps & TextareaHTMLAttributes<HTMLTextAreaElement> & { readonly ref?: Ref<HTMLTextAreaElement> }) {
  return (
    <FieldFrame label={label} required={required} error={error} description={description}>
      {(connected) => <textarea rows={4} {...input} {...connected} className={`${styles.input} ${styles.long}`} />}
    </FieldFrame>
  );
}
