import type { ReactNode } from 'react';
import styles from './feedback.module.css';

/** A message inside a page; its colour says what it means and its words say the same. */
export function Notice({
  tone,
  title,
  children,
  urgent = false,
}: {
  readonly tone: 'good' | 'bad' | 'waiting' | 'plain';
  readonly title?: string;
  readonly children: ReactNode;
  /** True is read out at once: something that the person did has failed. */
  readonly urgent?: boolean;
}) {
  return (
    <div className={styles.notice} data-tone={tone} role={urgent ? 'alert' : undefined}>
      {title !== undefined && <strong className={styles.noticeTitle}>{title}</strong>}
      <div>{children}</div>
    </div>
  );
}
