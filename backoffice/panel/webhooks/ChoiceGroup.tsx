/** Several boxes or several circles under one legend. */
import { useId } from 'react';
import controls from '../controls/controls.module.css';
import styles from './webhooks.module.css';

/** What can be chosen. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  /** Tells two choices with the same label apart. */
  readonly hint?: string;
}

/** `boxes` takes any number, `circles` exactly one. */
export function ChoiceGroup({
  legend,
  kind,
  choices,
  chosen,
  onChoose,
  error,
  help,
  isHidden = false,
}: {
  readonly legend: string;
  readonly kind: 'boxes' | 'circles';
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChoose: (chosen: readonly string[]) => void;
  readonly error?: string | undefined;
  readonly help?: string | undefined;
  /** True for a legend that only a screen reader needs, because the one above says the same. */
  readonly isHidden?: boolean;
}) {
  const id = useId();
  const described = [error === undefined ? '' : `${id}-error`, help === undefined ? '' : `${id}-help`];
  const toggle = (value: string, isOn: boolean) => {
    if (kind === 'circles') return onChoose([value]);
    // In the order of the screen, so that the same choice is always the same list.
    const next = choices.map((choice) => choice.value);
    return onChoose(next.filter((each) => (each === value ? isOn : chosen.includes(each))));
  };
  return (
    <fieldset
      className={styles.group}
      aria-describedby={described.join(' ').trim() || undefined}
      data-invalid={error === undefined ? undefined : true}
    >
      <legend className={isHidden ? 'visually-hidden' : controls.label}>{legend}</legend>
      {help !== undefined && (
        <p id={`${id}-help`} className={styles.quiet}>
          {help}
        </p>
      )}
      <div className={kind === 'boxes' ? styles.boxes : styles.circles}>
        {choices.map(({ value, label, hint }) => (
          <label key={value} className={`${controls.check} ${styles.choice}`}>
            <input
              type={kind === 'boxes' ? 'checkbox' : 'radio'}
              name={id}
              checked={chosen.includes(value)}
              onChange={(event) => toggle(value, event.target.checked)}
            />
            <span>
              {label}
              {hint !== undefined && <span className={styles.hint}> {hint}</span>}
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p id={`${id}-error`} className={controls.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
