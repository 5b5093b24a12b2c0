import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';
import { buttonClass, type ButtonLook } from './buttonClass.ts';

/** A button of the panel; `type` is "button" unless it submits. */
export function Button({
  look = 'filled',
  small = false,
  icon,
  className,
  children,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  readonly look?: ButtonLook;
  readonly small?: boolean;
  /** Stands before the words. */
  readonly icon?: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}) {
  return (
    <button type="button" {...rest} className={`${buttonClass(look, small)} ${className ?? ''}`}>
      {icon}
      {children}
    </button>
  );
}
