/**
 * What `/api/site.js` runs: connects the page that has it as a script, and reports what it shows once it has nothing to do.
 *
 * Source  the server's address is where the script came from; `data-resources` of the element names the resources, `data-report`
 *         the part of all pages that report (0 to 1), `data-rendered` the versions that the page came with
 */
import { connectSite, type SiteSnapshot } from './connectSite.ts';
import type { ReportOptions } from './reportShown.ts';

const element = [...document.scripts].find((script) => script.src === import.meta.url);
const { resources: names, report = '1', rendered } = element?.dataset ?? {};

let isStarted = false;
const start = () => {
  if (isStarted) return;
  isStarted = true;
  const options = {
    backendUrl: import.meta.url.replace(/\/api\/[^/]*$/, ''),
    ...(names ? { resources: names.split(',').map((name) => name.trim()) } : {}),
  };
  let snapshot: SiteSnapshot | undefined;
  const keep = ({ detail }: Event & { detail?: SiteSnapshot }) => void (snapshot = detail);
  addEventListener('backoffice:snapshot', keep, { once: true });
  connectSite(options);
  if (Math.random() >= Number(report)) return;
  (window.requestIdleCallback ?? setTimeout)(() => {
    void import(/* @vite-ignore */ import.meta.url.replace(/[^/]*$/, 'site-report.js')).then(
      ({ reportShown }: { reportShown(options: ReportOptions): void }) => {
        removeEventListener('backoffice:snapshot', keep);
        reportShown({ ...options, snapshot, rendered });
      },
      // Without it the page is as it was; only nobody hears of it.
      () => undefined,
    );
  });
};

// Not before the scripts after this one have run: they have to hear the first snapshot.
if (document.readyState === 'complete') start();
else {
  document.addEventListener('DOMContentLoaded', start);
  addEventListener('load', start);
}
