import styles from './controls.module.css';

/** Filled is the one thing to do on a screen; the others are beside it. */
export type ButtonLook = 'filled' | 'default' | 'subtle' | 'danger';

/** The class of a button, also for a link that looks like one. */
export function buttonClass(look: ButtonLook, small = false): string {
  return [styles.button, styles[look], small ? styles.small : ''].join(' ');
}
