import { Button } from '../controls/Button.tsx';
import styles from './actionMessage.module.css';

/** A short message and the one thing that can be done about it. */
export function ActionMessage({
  message,
  label,
  run,
}: {
  readonly message: string;
  readonly label: string;
  readonly run: () => unknown;
}) {
  return (
    <span className={styles.row}>
      <span>{message}</span>
      <Button look="default" small onClick={run}>
        {label}
      </Button>
    </span>
  );
}
