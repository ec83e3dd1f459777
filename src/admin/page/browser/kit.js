// What the page is built with: preact (keyed updates), its hooks, and htm in place of JSX. No other file names a library.
import htm from 'htm';
import { h, render } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

/**
 * Markup whose every value is text or an attribute's value, never markup.
 * @type {(strings: TemplateStringsArray, ...values: any[]) => import('preact').VNode<any>}
 */
export const html = /** @type {any} */ (htm).bind(h);
export { render, useEffect, useMemo, useRef, useState };

/** @typedef {import('preact').ComponentChildren} Children */
