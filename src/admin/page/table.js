// Tables whose rows stay: each has a key, and only the cells that say something else are written anew. So focus, selected text
// and the place on the page outlast a refresh. Every text is set as text, never as markup: attackers write the query names.

/** @param content text, a node, or a list of both */
export function element(tag, content = '', className = '') {
  const made = document.createElement(tag);
  made.append(...[content].flat());
  if (className !== '') made.className = className;
  return made;
}

/** A part of a cell. */
export const word = (text, className = '') => ({ text: String(text), className });
/** A button in a cell. @param act what it does; its errors are shown in its section */
export const press = (text, act) => ({ text, press: act });
/** @param parts texts, words and buttons */
export const cell = (parts, className = '') => ({ parts: [parts].flat(), className });

const acts = new WeakMap();
let attemptIn = () => undefined;

/** @param attempt (section, act) → does it, and shows in the section what went wrong */
export function onPress(attempt) {
  attemptIn = attempt;
}

function nodeOf(part) {
  if (typeof part === 'string') return document.createTextNode(part);
  if (part.press === undefined) return element('span', part.text, part.className);
  const button = element('button', part.text, 'link');
  button.type = 'button';
  button.addEventListener('click', () => attemptIn(button.closest('section'), acts.get(button)));
  return button;
}

/** Buttons get what they do now, also where the text stays. */
function fill(td, { parts, className }) {
  const said = JSON.stringify([parts, className]);
  if (td.dataset.said !== said) {
    td.dataset.said = said;
    td.className = className;
    td.replaceChildren(element('div', parts.map(nodeOf)));
  }
  const does = parts.filter((part) => part.press !== undefined);
  td.querySelectorAll('button').forEach((button, index) => {
    acts.set(button, does[index].press);
  });
}

function newRow(key, labels) {
  const row = element('tr');
  row.dataset.key = key;
  row.setAttribute('role', 'row');
  row.append(
    ...labels.map((label) => {
      const td = element('td');
      td.setAttribute('role', 'cell');
      td.dataset.label = label;
      return td;
    }),
  );
  return row;
}

/** Puts a row before another; one that is there already keeps focus and selection where the browser can. */
function place(body, row, before) {
  if (row.isConnected && body.moveBefore !== undefined) body.moveBefore(row, before);
  else body.insertBefore(row, before);
}

/** @param {[string, object[]][]} lines key and cells of each row, in their order */
export function rows(id, lines) {
  const table = document.getElementById(id);
  const body = table.tBodies[0];
  const labels = [...table.tHead.rows[0].cells].map((head) => head.textContent);
  const focused = table.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Map(lines);
  const present = new Map();
  for (const row of [...body.rows]) {
    if (wanted.has(row.dataset.key)) present.set(row.dataset.key, row);
    else row.remove();
  }
  let next = body.firstElementChild;
  for (const [key, cells] of wanted) {
    const row = present.get(key) ?? newRow(key, labels);
    if (row === next) next = row.nextElementSibling;
    else place(body, row, next);
    cells.forEach((content, index) => {
      fill(row.cells[index], content);
    });
  }
  const region = table.closest('.scroll');
  region.hidden = wanted.size === 0;
  const empty = document.getElementById(`${id}-empty`);
  if (empty !== null) empty.hidden = wanted.size > 0;
  if (focused === null || document.activeElement === focused) return;
  // What had the focus was moved or is gone: it stays as near as can be.
  (focused.isConnected ? focused : region).focus({ preventScroll: true });
}
