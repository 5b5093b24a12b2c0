import { expect, test } from 'vitest';
import { loadPanelConfig } from '../../../backoffice/panel/start/loadPanelConfig.ts';
import { panelBase } from '../../../backoffice/panel/start/panelBase.ts';

const page = (base: string) => {
  const made = document.implementation.createHTMLDocument();
  made.head.innerHTML = `<base href="${base}">`;
  return made;
};

test('the mount is what the server wrote into the page, with a slash at both ends', () => {
  expect(panelBase(page('http://localhost/back/office/'))).toBe('/back/office/');
});

test('the configuration is read beside the panel', async () => {
  const asked: string[] = [];
  const config = await loadPanelConfig('/admin/', (url) => {
    asked.push(String(url));
    return Promise.resolve(Response.json({ backendUrl: 'https://api.example/', siteUrl: '', title: 'TRU' }));
  });
  expect(asked).toEqual(['/admin/config.json']);
  expect(config).toEqual({ backendUrl: 'https://api.example', siteUrl: null, title: 'TRU' });
});

test('a page instead of the configuration leaves the panel on its own origin', async () => {
  const config = await loadPanelConfig('/', () => Promise.resolve(new Response('<!doctype html>')));
  expect(config).toEqual({ backendUrl: '', siteUrl: null, title: 'Back office' });
});
