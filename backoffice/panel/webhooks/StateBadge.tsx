import type { EndpointWords } from './useEndpointState.ts';
import styles from './webhooks.module.css';

/** A state in words; its colour says the same. */
export function StateBadge({ tone, children }: { readonly tone: EndpointWords['tone']; readonly children: string }) {
  return (
    <span className={styles.badge} data-tone={tone}>
      {children}
    </span>
  );
}
