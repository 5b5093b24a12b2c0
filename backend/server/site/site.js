/**
 * Draws the lists of the page from what `/api/site.js` hears, and keeps them as they are in the back office.
 *
 * Everything that comes from a record becomes text or a checked link; nothing is ever read as HTML.
 */

/** @typedef {Readonly<Record<string, unknown>> & { id: string }} Item */

/** How each list is drawn and ordered. */
const lists = {
  services: { draw: drawService, compare: byPosition },
  solutions: { draw: drawSolution, compare: byPosition },
  team: { draw: drawMember, compare: byPosition },
  news: { draw: drawNews, compare: (a, b) => String(b.date ?? '').localeCompare(String(a.date ?? '')) },
};

/** @type {Map<string, Map<string, Item>>} */
const records = new Map();

addEventListener('backoffice:snapshot', ({ detail }) => {
  const isFirst = records.size === 0;
  document.documentElement.classList.add('from-records');
  for (const name of Object.keys(lists)) {
    const items = detail.records[name];
    if (!Array.isArray(items)) continue;
    records.set(name, new Map(items.map((item) => [item.id, item])));
    drawList(name, !isFirst);
  }
  if (detail.records.settings) drawSettings(detail.records.settings);
});

addEventListener('backoffice:settings-updated', ({ detail }) => detail.record && drawSettings(detail.record));
addEventListener('backoffice:settings-created', ({ detail }) => detail.record && drawSettings(detail.record));

for (const name of Object.keys(lists)) {
  for (const operation of ['created', 'updated', 'deleted']) {
    addEventListener(`backoffice:${name}-${operation}`, ({ detail }) => {
      const items = records.get(name);
      if (!items) return;
      if (detail.record) items.set(detail.id, detail.record);
      else items.delete(detail.id);
      drawList(name, true);
    });
  }
}

/** What the values of a solution's sector are called here. */
const sectors = { industry: 'Industrie', trade: 'Commerce', public: 'Secteur public' };

const liveWords = {
  live: 'Page à jour en direct',
  connecting: 'Reconnexion en cours…',
  paused: 'Mise à jour en pause',
};

addEventListener('backoffice:sync', ({ detail }) => {
  const element = document.querySelector('[data-live]');
  element.textContent = liveWords[detail.state] ?? '';
  element.dataset.live = detail.state;
  element.hidden = false;
});

/** Draws one list; with `mark`, text that differs from what was there before glows for a second. */
function drawList(name, mark) {
  const list = document.querySelector(`[data-list="${name}"]`);
  const before = new Map([...list.children].map((child) => [child.dataset.id, child]));
  const items = [...records.get(name).values()].sort(lists[name].compare);
  const drawn = items.map((item) => {
    const element = lists[name].draw(item);
    element.dataset.id = item.id;
    return keepIfSame(before.get(item.id), element, mark);
  });
  if (drawn.length === 0) drawn.push(make('li', { class: 'none' }, list.dataset.empty));
  // What stays is not moved: that would take the focus from a link that somebody is on.
  for (const child of [...list.children]) if (!drawn.includes(child)) child.remove();
  for (const [index, element] of drawn.entries()) {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  }
}

/** The element that is there already when nothing in it has changed, else the new one with its changes marked. */
function keepIfSame(old, fresh, mark) {
  if (old?.isEqualNode(fresh)) return old;
  if (!mark) return fresh;
  for (const part of fresh.querySelectorAll('[data-part]')) {
    const was = old?.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (was?.textContent !== part.textContent) glow(part);
  }
  return fresh;
}

function glow(element) {
  element.setAttribute('data-bo-changed', '');
  setTimeout(() => element.removeAttribute('data-bo-changed'), 1000);
}

function drawSettings(settings) {
  const { companyName, tagline, phone, links: given } = settings;
  // The page always has a title: without a tagline it is the company's name.
  if (!tagline) document.querySelector('#hero-title').textContent = companyName;
  if (companyName) document.title = companyName;
  document.querySelector('[data-phone]').setAttribute('href', `tel:${String(phone ?? '').replace(/[^+\d]/g, '')}`);
  for (const row of document.querySelectorAll('[data-row]')) {
    const value = settings[row.dataset.row];
    row.hidden = value && typeof value === 'object' ? Object.keys(value).length === 0 : !value;
  }
  const links = (Array.isArray(given) ? given : []).filter(({ url }) => isWebUrl(url));
  document
    .querySelector('[data-links]')
    .replaceChildren(
      ...links.map(({ label, url }) => make('li', {}, make('a', { href: url, rel: 'noopener' }, label || url))),
    );
}

function drawService({ title, description, price, features, rating }) {
  const items = (Array.isArray(features) ? features : []).map((feature, index) =>
    part('li', `feature-${index}`, feature),
  );
  return make(
    'li',
    { class: 'service' },
    part('h3', 'title', title),
    part('p', 'description', description),
    items.length > 0 && make('ul', { class: 'features' }, ...items),
    (isGiven(price) || isGiven(rating)) &&
      make(
        'div',
        { class: 'terms' },
        isGiven(price) && part('p', 'price', typeof price === 'number' ? formatPrice(price) : price),
        isGiven(rating) && part('p', 'rating', `Note\u00a0: ${formatNumber(rating)} sur 5`, 'rating'),
      ),
  );
}

function drawSolution({ category, title, summary }) {
  return make(
    'li',
    {},
    part('p', 'category', sectors[category] ?? category, 'category') || make('span', {}),
    make('div', { class: 'text' }, part('h3', 'title', title), part('p', 'summary', summary)),
  );
}

function drawMember({ name, role, biography, email }) {
  return make(
    'li',
    {},
    make('span', { class: 'portrait', 'aria-hidden': 'true' }, initialsOf(name)),
    part('h3', 'name', name),
    part('p', 'role', role, 'role'),
    part('p', 'biography', biography, 'biography'),
    isGiven(email) &&
      make('p', { class: 'mail' }, make('a', { href: `mailto:${encodeURI(email)}`, 'data-part': 'email' }, email)),
  );
}

function drawNews({ title, date, body }) {
  const day = new Date(typeof date === 'string' ? date : Number.NaN);
  const isDay = !Number.isNaN(day.getTime());
  const time = make('time', isDay ? { datetime: date, 'data-part': 'date' } : {}, isDay ? formatDate(day) : '');
  return make('li', {}, time, make('div', { class: 'text' }, part('h3', 'title', title), part('p', 'body', body)));
}

/** An element that says one field; nothing where the field is empty. */
function part(tag, name, value, className) {
  return isGiven(value) && make(tag, { 'data-part': name, ...(className ? { class: className } : {}) }, value);
}

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(
    ...children
      .filter((child) => isGiven(child) && child !== false)
      .map((child) => (child instanceof Node ? child : String(child))),
  );
  return element;
}

function isGiven(value) {
  return value !== undefined && value !== null && value !== '';
}

function isWebUrl(text) {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** The first letters of the first and the last name, as a reader of French writes them: "Anne-Marie Le Goff" is AG. */
function initialsOf(name) {
  const words = String(name ?? '')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0].toLocaleUpperCase('fr')).join('');
}

function byPosition(a, b) {
  const place = (item) => (typeof item.position === 'number' ? item.position : Number.MAX_SAFE_INTEGER);
  return place(a) - place(b) || String(a.name ?? a.title ?? '').localeCompare(String(b.name ?? b.title ?? ''), 'fr');
}

function formatPrice(price) {
  return new Intl.NumberFormat('fr', {
    style: 'currency',
    currency: 'EUR',
    maximumFractionDigits: Number.isInteger(price) ? 0 : 2,
  }).format(price);
}

function formatNumber(value) {
  return typeof value === 'number'
    ? new Intl.NumberFormat('fr', { maximumFractionDigits: 1 }).format(value)
    : String(value);
}

function formatDate(day) {
  return new Intl.DateTimeFormat('fr', { dateStyle: 'long', timeZone: 'UTC' }).format(day);
}
