/** Label, input, error and description of one field, connected for assistive technology. */
import { useId, type ReactNode } from 'react';
import styles from './controls.module.css';

/** What every field takes. */
export interface FieldFrameProps {
  readonly label: ReactNode;
  readonly required?: boolean | undefined;
  /** False for a form in which everything is required anyway. */
  readonly marked?: boolean;
  readonly error?: string | undefined;
  readonly description?: ReactNode;
}

/** The attributes that connect an input to its frame. */
export interface ConnectedInput {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
  readonly required: boolean | undefined;
}

/** Draws the frame around the input that `children` makes. */
export function FieldFrame({
  label,
  required,
  marked = true,
  error,
  description,
  children,
}: FieldFrameProps & { readonly children: (input: ConnectedInput) => ReactNode }) {
  const id = useId();
  const ids = [error === undefined ? '' : `${id}-error`, description == null ? '' : `${id}-description`];
  const describedBy = ids.filter((each) => each !== '').join(' ');
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
        {required === true && marked && (
          <span aria-hidden className={styles.required}>
            {' *'}
          </span>
        )}
      </label>
      {children({
        id,
        'aria-describedby': describedBy === '' ? undefined : describedBy,
        'aria-invalid': error === undefined ? undefined : true,
        required,
      })}
      {error !== undefined && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {description != null && <div id={`${id}-description`}>{description}</div>}
    </div>
  );
}
