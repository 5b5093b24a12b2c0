/** What the server tells the panel at run time, since a prebuilt bundle knows no environment. */

/** Contents of `<mount>/config.json`. */
export interface PanelConfig {
  /** What stands before `/api`; empty when the API has the origin of the panel. */
  readonly backendUrl: string;
  /** The public site, for "open on the site". */
  readonly siteUrl: string | null;
  readonly title: string;
}

/**
 * Reads the configuration beside the panel.
 *
 * Errors  never rejects for an answer that is missing or broken: the panel then works on its own origin
 */
export async function loadPanelConfig(base: string, load: typeof fetch = fetch): Promise<PanelConfig> {
  const fallback: PanelConfig = { backendUrl: '', siteUrl: null, title: 'Back office' };
  try {
    const response = await load(`${base}config.json`, { headers: { accept: 'application/json' } });
    if (!response.ok) return fallback;
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? readConfig(body, fallback) : fallback;
  } catch {
    // Offline or a page instead of JSON: the sign-in screen says what is wrong with better words.
    return fallback;
  }
}

function readConfig(body: object, fallback: PanelConfig): PanelConfig {
  const { backendUrl, siteUrl, title } = body as Record<string, unknown>;
  return {
    backendUrl: typeof backendUrl === 'string' ? backendUrl.replace(/\/+$/, '') : fallback.backendUrl,
    siteUrl: typeof siteUrl === 'string' && siteUrl !== '' ? siteUrl : null,
    title: typeof title === 'string' && title !== '' ? title : fallback.title,
  };
}
