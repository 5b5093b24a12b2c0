import type { CSSProperties } from 'react';

const surface = 'var(--backoffice-sync-surface, light-dark(#ffffff, #1b1e22))';
const text = 'var(--backoffice-sync-text, light-dark(#1c2024, #eceef0))';
const quiet = 'var(--backoffice-sync-quiet, light-dark(#5a626b, #a9adb3))';
const line = 'var(--backoffice-sync-line, light-dark(#d5d9de, #3a3f45))';

/** The colour of each state; always beside words, never instead of them. */
export const stateColours = {
  idle: 'var(--backoffice-sync-idle, light-dark(#7b8390, #8b929b))',
  saved: 'var(--backoffice-sync-saved, light-dark(#1a7f4b, #4ac487))',
  unsaved: 'var(--backoffice-sync-waiting, light-dark(#9a6200, #e0a84a))',
  saving: 'var(--backoffice-sync-waiting, light-dark(#9a6200, #e0a84a))',
  retrying: 'var(--backoffice-sync-waiting, light-dark(#9a6200, #e0a84a))',
  offline: 'var(--backoffice-sync-offline, light-dark(#5a626b, #a9adb3))',
  conflict: 'var(--backoffice-sync-conflict, light-dark(#b3261e, #ff8a80))',
  failed: 'var(--backoffice-sync-conflict, light-dark(#b3261e, #ff8a80))',
} as const;

/** The look of the indicator. A page changes it through the variables `--backoffice-sync-…`. */
export const indicatorStyles = {
  root: {
    position: 'fixed',
    right: 'max(16px, env(safe-area-inset-right))',
    bottom: 'max(16px, env(safe-area-inset-bottom))',
    zIndex: 'var(--backoffice-sync-layer, 300)',
    display: 'flex',
    flexDirection: 'column-reverse',
    alignItems: 'flex-end',
    gap: 8,
    width: 'min(360px, calc(100vw - 32px))',
    font: '400 15px/1.45 system-ui, sans-serif',
    color: text,
    pointerEvents: 'none',
  },
  bar: {
    display: 'flex',
    alignItems: 'center',
    gap: 8,
    maxWidth: '100%',
    boxSizing: 'border-box',
    padding: '4px 4px 4px 12px',
    background: surface,
    border: `1px solid ${line}`,
    borderRadius: 8,
    pointerEvents: 'auto',
  },
  dot: { flex: 'none', width: 8, height: 8, borderRadius: '50%' },
  button: {
    minHeight: 28,
    padding: '2px 10px',
    font: 'inherit',
    fontSize: 14,
    color: text,
    background: 'transparent',
    border: `1px solid ${line}`,
    borderRadius: 6,
    cursor: 'pointer',
  },
  panel: {
    width: '100%',
    maxHeight: 'min(60vh, 480px)',
    overflowY: 'auto',
    boxSizing: 'border-box',
    padding: 16,
    background: surface,
    border: `1px solid ${line}`,
    borderRadius: 8,
    pointerEvents: 'auto',
  },
  title: { margin: '0 0 8px', font: 'inherit', fontWeight: 600 },
  list: { listStyle: 'none', margin: 0, padding: 0 },
  item: { padding: '12px 0', borderTop: `1px solid ${line}` },
  itemHead: { display: 'flex', justifyContent: 'space-between', gap: 8 },
  label: { fontWeight: 500, overflowWrap: 'anywhere' },
  status: { flex: 'none' },
  sentence: { margin: '4px 0 0', color: quiet, fontSize: 14, overflowWrap: 'anywhere' },
  actions: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 8, marginTop: 8 },
  hidden: {
    position: 'absolute',
    width: 1,
    height: 1,
    margin: -1,
    padding: 0,
    overflow: 'hidden',
    clipPath: 'inset(50%)',
    whiteSpace: 'nowrap',
    border: 0,
  },
} as const satisfies Record<string, CSSProperties>;
