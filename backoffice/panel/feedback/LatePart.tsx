import { createElement, useEffect, useState, type ComponentType } from 'react';
import { loadUntilThere } from './lazyPart.ts';

/** A part that a screen is whole without: nothing until its code is there, and nothing waits for it. */
export function LatePart<Props extends object>({
  load,
  of,
}: {
  readonly load: () => Promise<ComponentType<Props>>;
  readonly of: Props;
}) {
  const [part, setPart] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    let isLeft = false;
    void loadUntilThere(load).then((loaded) => {
      if (!isLeft) setPart(() => loaded);
    });
    return () => {
      isLeft = true;
    };
  }, [load]);
  return part === null ? null : createElement(part, of);
}
