// Sites of owners in reports of many languages: next to the words that call them real or imitated, and those of governments.
import t from 'tap';
import { leftIn, lines, namesIn } from '../support/lists-report.ts';

const SENTENCES: readonly (readonly [text: string, names: readonly string[]])[] = [
  ['Das echte Portal ist weg; kabar-paket[.]top gibt sich als toko-paket[.]de aus.', ['kabar-paket.top']],
  ['kabar-bank[.]top, łudząco podobna do prawdziwej domeny toko-bank[.]pl.', ['kabar-bank.top']],
  ['kabar-bank[.]top imita la página auténtica www.toko-bank[.]es.', ['kabar-bank.top']],
  ['В настоящее время домен kabar-bank[.]top не отвечает.', ['kabar-bank.top']],
  ['toko-bank[.]com.tr resmî sitesini taklit eden kabar-giris[.]com', ['kabar-giris.com']],
  ['假网站 kabar-office[.]cc 伪装成官方网站 www.toko-office[.]com 诱导用户。', ['kabar-office.cc']],
  ['被入侵的合法网站 toko-dian[.]cn 被用于分发木马。', ['toko-dian.cn']],
  ['攻击者冒充某软件官网 kabar-office[.]cc 传播。', ['kabar-office.cc']],
  ['正規サイト www.toko-ginko[.]jp を装った偽サイト kabar-ginko[.]top', ['kabar-ginko.top']],
  ['공식 홈페이지 www.toko-bank[.]kr 을 사칭한 피싱 사이트 kabar-bank[.]click', ['kabar-bank.click']],
  ['The real site is toko-gambar[.]org.', []],
  ['The script was obfuscated with toko-kode[.]io, a public tool.', []],
];

t.test('a sentence that names an owner beside the attackers', async (t) => {
  for (const [text, names] of SENTENCES) t.same(namesIn(lines(text)), names, text);
});

t.test('a name of a government, in a sentence and in a list', async (t) => {
  t.same(namesIn(lines('They used mfa.gov[.]mn and the server kabar-update[.]com.')), ['kabar-update.com']);
  t.match(leftIn(lines('They used mfa.gov[.]mn.')), ['mfa.gov[.]mn government']);
  t.same(namesIn(lines('C2 servers:', '', 'mfa.gov[.]mn')), ['mfa.gov.mn']);
});
