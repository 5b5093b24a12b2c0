import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router-dom';
import { usePanelServices } from '../data/usePanelServices.ts';
import styles from './shell.module.css';

/** The one h1 of a screen and the title of the tab; after a navigation the focus starts here. */
export function PageHeading({ title }: { readonly title: string }) {
  const { config } = usePanelServices();
  const heading = useRef<HTMLHeadingElement>(null);
  const { key } = useLocation();
  const isFirstPage = useRef(key === 'default');
  useEffect(() => {
    // The first page is read from its top, as the browser does.
    if (!isFirstPage.current) heading.current?.focus({ preventScroll: true });
  }, []);
  return (
    <>
      <title>{`${title} · ${config.title}`}</title>
      <h1 ref={heading} tabIndex={-1} className={styles.heading}>
        {title}
      </h1>
    </>
  );
}
