/** A button that opens a small panel beside it. */
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'react-router-dom';
import styles from './shell.module.css';

/** Closes on Escape (the focus goes back to the button), on a click elsewhere and on navigation. */
export function Disclosure({
  label,
  name,
  children,
}: {
  readonly label: ReactNode;
  /** Names the panel to a screen reader. */
  readonly name: string;
  readonly children: ReactNode;
}) {
  const [openAt, setOpenAt] = useState<string | null>(null);
  const { key } = useLocation();
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  const isOpen = openAt === key;

  useEffect(() => {
    if (!isOpen) return undefined;
    const onPointer = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpenAt(null);
    };
    document.addEventListener('pointerdown', onPointer);
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [isOpen]);

  return (
    <div
      ref={root}
      className={styles.disclosure}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        setOpenAt(null);
        button.current?.focus();
      }}
      onBlur={(event) => {
        if (event.relatedTarget instanceof Node && !root.current?.contains(event.relatedTarget)) setOpenAt(null);
      }}
    >
      <button
        ref={button}
        type="button"
        className={styles.disclosureButton}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpenAt(isOpen ? null : key)}
      >
        {label}
      </button>
      {isOpen && (
        <div id={id} role="group" aria-label={name} className={styles.disclosurePanel}>
          {children}
        </div>
      )}
    </div>
  );
}
