/**
 * What `/api/site.js` runs: connects the page that has it as a script.
 *
 * Source  the server's address is where the script came from; `data-resources` of the element names the resources
 */
import { connectSite } from './connectSite.ts';

const element = [...document.scripts].find((script) => script.src === import.meta.url);
const names = element?.dataset['resources'];

let isStarted = false;
const start = () => {
  if (isStarted) return;
  isStarted = true;
  connectSite({
    backendUrl: import.meta.url.replace(/\/api\/[^/]*$/, ''),
    ...(names ? { resources: names.split(',').map((name) => name.trim()) } : {}),
  });
};

// Not before the scripts after this one have run: they have to hear the first snapshot.
if (document.readyState === 'complete') start();
else {
  document.addEventListener('DOMContentLoaded', start);
  addEventListener('load', start);
}
