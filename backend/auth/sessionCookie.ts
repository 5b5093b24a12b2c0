import type { Request, Response } from 'express';

/** How the session cookie is set. */
export interface CookieOptions {
  /** True when pages of listed other origins use the session: then the cookie has to be `SameSite=None; Secure`. */
  readonly crossOrigin: boolean;
}

const name = 'backoffice_session';

/** The token in a Cookie header; null when there is none. */
export function readSessionCookie(header: string | undefined): string | null {
  for (const part of (header ?? '').split(';')) {
    const [key, value] = part.trim().split('=', 2);
    if (key === name && value && /^[\w-]{20,100}$/.test(value)) return value;
  }
  return null;
}

/** Gives the browser its token: unreadable for scripts, and not sent when another site leads here. */
export function setSessionCookie(
  request: Request,
  response: Response,
  token: string,
  expiresAt: number,
  options: CookieOptions,
): void {
  const isSecure = request.secure || options.crossOrigin;
  response.append(
    'Set-Cookie',
    [
      `${name}=${token}`,
      'Path=/',
      'HttpOnly',
      `SameSite=${options.crossOrigin ? 'None' : 'Lax'}`,
      `Expires=${new Date(expiresAt).toUTCString()}`,
      ...(isSecure ? ['Secure'] : []),
    ].join('; '),
  );
}

/** Takes the token back. */
export function clearSessionCookie(request: Request, response: Response, options: CookieOptions): void {
  setSessionCookie(request, response, '', 0, options);
}
