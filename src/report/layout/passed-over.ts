// Lines that say nothing of what stands below them: they end no list and open none.

/** `which points to:`, between the links of a list. */
export const GOES_ON =
  /^(which|that|this|these|it|they|and|then|the (shortened |above |first |second |last )?(urls?|links?|files?|pages?|attachments?))\b.{0,40}\b(points?|leads?|pointed|led|redirect(s|ed|ing)?|resolve[sd]?|connect(s|ed)?|goes|went|decode[sd]?|revers(es|ed)) (you |users |victims |on )?to( the following)?\W*$|^(i|we)\b.{0,80}\b(saw|got|observed|noticed)\W*$/i;
/** `(These are script files)`, below some of a list. */
export const IN_BRACKETS = /^\([^()]*\)\.?$/;
/** Page numbers and marks of confidentiality at the edge of a page. */
export const PAGE_EDGE =
  /^(page\b|tlp\b|disclaimer\b|copyright\b|©|confidential\b|all rights reserved|\d+\s*(\/|of)?\s*\d*$)/i;
/** `.. code-block:: text`, `#+begin_src`, `\begin{itemize}`: how what follows is set, not what it is. */
export const DIRECTIVE =
  /^(\.\. (?!list-table|csv-table)[\w-]+::.*|:[\w-]+:( [\w\s-]{1,30})?|#\+(begin|end)_\w+.*|\\(begin|end)\{[^{}]{1,30}\}.*|\\(hline|toprule|midrule|bottomrule|item))$/i;
/** Opens or closes a block of code. */
export const FENCE = /^\s*(```|~~~)/;
/** `string key = Make(12);`, `alphabet = abc`, of a program. */
export const STATEMENT = /^[^:：]*[\w)\]]\s?[=(].*[;{]$|^\w+ = [^\s:]+$/;
/** `FakeLoader - `, before a name. */
export const WHOSE = /^[\s\-*•·]*[\p{L}\p{N}][\p{L}\p{N} _/()#&+-]{0,40} [-–—] $/u;
