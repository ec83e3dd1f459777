#!/usr/bin/env bash
# unpdf 1.7.0 (npm), the PDF.js that runs outside browsers: a hyphen that its font explains as "hyphen, soft hyphen" is left out of the text.
# From memory one would write: a glyph whose ToUnicode is U+002D U+00AD is a hyphen, which is how such files print and are copied.
# It does: what ends in a character of the category Cf is taken for an invisible mark, and the whole glyph is skipped: "no-name.test" becomes "noname.test".
# Who reads names out of reports: files of some word processors write each hyphen so, and another name stands in the text than on the page.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" unpdf@1.7.0

cat > "$work/see.mjs" <<'END'
import { readFileSync } from 'node:fs';
import { getDocumentProxy } from 'unpdf';

/** One line of text in a font that says what its hyphen stands for. */
function pdfOf(line, hyphen) {
  const cmap = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
1 begincodespacerange <00> <FF> endcodespacerange
1 beginbfchar <2D> <${hyphen}> endbfchar
1 beginbfrange <2E> <7E> <002E> endbfrange
endcmap end end`;
  const content = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>',
    `<< /Length ${cmap.length} >>\nstream\n${cmap}\nendstream`,
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  text += `xref\n0 7\n0000000000 65535 f \n${offsets.join('')}trailer << /Size 7 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`;
  return new TextEncoder().encode(text);
}

const { name, version } = JSON.parse(readFileSync(new URL('node_modules/unpdf/package.json', import.meta.url)));
console.log(name, version);
for (const hyphen of ['002D', '002D00AD']) {
  const page = await (await getDocumentProxy(pdfOf('no-name.test', hyphen), { verbosity: 0 })).getPage(1);
  console.log(hyphen, '->', (await page.getTextContent()).items.map(({ str }) => str).join(''));
}
END
seen=$(node "$work/see.mjs")
expected=$(cat <<'END'
unpdf 1.7.0
002D -> no-name.test
002D00AD -> noname.test
END
)

echo 'behaviour: a hyphen that stands for itself and a soft hyphen is dropped, and the name is another'
printf 'seen:\n%s\nexpected:\n%s\n' "$seen" "$expected"
[ "$seen" = "$expected" ] || { echo 'changed' >&2; exit 1; }
