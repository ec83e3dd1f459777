// What the page is built with: preact (keyed updates), its hooks, and htm in place of JSX. No other file names a library.
import htm from 'htm';
import { h, options, render } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';

/**
 * Markup whose every value is text or an attribute's value, never markup.
 * @type {(strings: TemplateStringsArray, ...values: any[]) => import('preact').VNode<any>}
 */
export const html = /** @type {any} */ (htm).bind(h);

// Much of what is shown was written by strangers: a campaign's name could turn the rest of its sentence round, or look like another.
const UNSEEN = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** What changes the direction of text, and what takes no room, as \u{…}. @param {unknown} child */
const seen = (child) =>
  typeof child === 'string'
    ? child.replace(UNSEEN, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`)
    : child;
const before = options.vnode;
options.vnode = (vnode) => {
  before?.(vnode);
  const { children } = /** @type {{ children?: unknown }} */ (vnode.props);
  // What somebody is writing stays as it is.
  if (vnode.type === 'textarea' || children === undefined) return;
  /** @type {{ children?: unknown }} */ (vnode.props).children = Array.isArray(children)
    ? children.map(seen)
    : seen(children);
};

export { render, useEffect, useLayoutEffect, useMemo, useRef, useState };

/** @typedef {import('preact').ComponentChildren} Children */
