// What headings, labels and sentences say of names in the languages of reports, each in the manner of the real thing.
import t from 'tap';
import { leftIn, namesIn, lines as rows } from '../support/lists-report.ts';

interface Words {
  readonly language: string;
  /** Headings and labels above names of attackers. */
  readonly names: readonly string[];
  /** Above names that are nobody's fault. */
  readonly benign: readonly string[];
  /** Above articles. */
  readonly articles: readonly string[];
  /** Sentences that speak of a legitimate site; `%` stands for it. */
  readonly sentences: readonly string[];
  /** Of one in attackers' hands, or of a name that is theirs. */
  readonly attackers: readonly string[];
}

const LANGUAGES: readonly Words[] = [
  {
    language: 'Russian',
    names: [
      '## Домены',
      'Управляющие серверы:',
      'Вредоносные домены:',
      'В кампании использовались следующие домены:',
      'Ссылки для загрузки загрузчика:',
    ],
    benign: ['Легитимные домены:', '## Жертвы'],
    articles: ['## Источники', '## Полезные ссылки', 'Подробнее:'],
    sentences: [
      'Загрузчик обращался к легитимному сайту % и проверял связь.',
      'Домен % не является вредоносным.',
      'Страница имитирует портал % и крадёт пароли.',
    ],
    attackers: [
      'Файл лежал на взломанном официальном сайте % в архиве.',
      'Домен % не является вредоносным сам по себе, но он принадлежит группе.',
      'Загрузчик обращается к серверу % каждый час.',
    ],
  },
  {
    language: 'Ukrainian',
    names: [
      'Мережеві:',
      '## Домени',
      'Сервери управління:',
      'Шкідливі домени:',
      'У кампанії використано такі домени:',
      'Посилання для завантаження:',
    ],
    benign: ['Легітимні домени:', '## Жертви'],
    articles: ['## Джерела', '## Корисні посилання', 'Детальніше:'],
    sentences: [
      'Завантажувач звертався до легітимного сайту % для перевірки.',
      'Домен % не є шкідливим.',
      'Сторінка імітує офіційний портал % та краде паролі.',
    ],
    attackers: [
      'Файл розміщено на зламаному офіційному сайті % у теці.',
      'Програма звертається до сервера % щогодини.',
    ],
  },
  {
    language: 'Polish',
    names: ['## Domeny', 'Złośliwe domeny:', 'W kampanii użyto następujących domen:', 'Serwery C2:'],
    benign: ['Legalne domeny:', '## Ofiary'],
    articles: ['## Źródła', '## Odnośniki', 'Więcej informacji:'],
    sentences: [
      'Program łączył się z legalną stroną % przed atakiem.',
      'Domena % nie jest złośliwa.',
      'Strona podszywa się pod serwis % i kradnie hasła.',
    ],
    attackers: [
      'Plik leżał na przejętej legalnej stronie % w archiwum.',
      'Program łączy się z serwerem % co godzinę.',
    ],
  },
  {
    language: 'French',
    names: [
      '## Noms de domaine',
      'Domaines malveillants :',
      'Adresses de téléchargement :',
      'La campagne a utilisé les domaines suivants :',
    ],
    benign: ['Domaines légitimes :', '## Victimes'],
    articles: ['## Références', '## Liens utiles', 'Pour en savoir plus :'],
    sentences: [
      'Le chargeur contacte le site légitime % avant tout.',
      'Le domaine % n’est pas malveillant.',
      'La page imite le portail officiel % et vole les mots de passe.',
    ],
    attackers: [
      'Le fichier se trouvait sur le site légitime compromis % dans une archive.',
      'Le programme contacte le serveur % toutes les heures.',
    ],
  },
  {
    language: 'German',
    names: [
      '## Domänen',
      'Kontrollserver:',
      'Bösartige Domains:',
      'Download-Adressen:',
      'In der Kampagne wurden folgende Domains verwendet:',
    ],
    benign: ['Legitime Domains:', '## Opfer'],
    articles: ['## Quellen', '## Weiterführende Links', 'Weitere Informationen:'],
    sentences: [
      'Der Loader fragt die legitime Webseite % vor allem anderen.',
      'Die Seite ahmt das offizielle Portal % nach.',
    ],
    attackers: [
      'Die Datei lag auf der gehackten offiziellen Webseite % in einem Archiv.',
      'Das Programm fragt den Server % jede Stunde.',
    ],
  },
  {
    language: 'Spanish',
    names: [
      '## Dominios',
      'Servidores de comando y control:',
      'Dominios maliciosos:',
      'Direcciones de descarga:',
    ],
    benign: ['Dominios legítimos:', '## Víctimas'],
    articles: ['## Referencias', '## Enlaces de interés', 'Más información:'],
    sentences: [
      'El cargador consulta el sitio legítimo % antes de todo.',
      'El dominio % no es malicioso.',
      'La página suplanta al portal oficial % y roba contraseñas.',
    ],
    attackers: [
      'El archivo estaba en el sitio legítimo comprometido % en una carpeta.',
      'El programa consulta el servidor % cada hora.',
    ],
  },
  {
    language: 'Portuguese',
    names: [
      '## Domínios',
      'Domínios maliciosos:',
      'Endereços de download:',
      'Na campanha foram usados os seguintes domínios:',
    ],
    benign: ['Domínios legítimos:', '## Vítimas'],
    articles: ['## Referências', '## Links úteis', 'Saiba mais:'],
    sentences: [
      'O carregador consulta o site legítimo % antes de tudo.',
      'O domínio % não é malicioso.',
      'A página imita o portal oficial % e rouba senhas.',
    ],
    attackers: [
      'O arquivo estava no site legítimo hackeado % em uma pasta.',
      'O programa consulta o servidor % a cada hora.',
    ],
  },
  {
    language: 'Italian',
    names: ['## Domini', 'Domini malevoli:', 'Indirizzi di download:', 'Indicatori di compromissione:'],
    benign: ['Domini legittimi:', '## Vittime'],
    articles: ['## Fonti', '## Link utili', 'Per approfondire:'],
    sentences: [
      'Il loader contatta il sito legittimo % prima di tutto.',
      'Il dominio % non è malevolo.',
      'La pagina imita il portale ufficiale % e ruba le password.',
    ],
    attackers: [
      'Il file era sul sito legittimo compromesso % in una cartella.',
      'Il programma contatta il server % ogni ora.',
    ],
  },
  {
    language: 'Turkish',
    names: ['## Alan adları', 'Komuta kontrol sunucuları:', 'Zararlı alan adları:', 'İndirme adresleri:'],
    benign: ['Meşru alan adları:', '## Kurbanlar'],
    articles: ['## Kaynaklar', '## Kaynakça', 'Daha fazla bilgi:'],
    sentences: [
      'Bağlantı önce meşru bir posta izleme servisinden (%) geçiyor.',
      '% alan adı zararlı değildir.',
      'Sayfa, % resmi portalını taklit ediyor.',
    ],
    attackers: [
      'Dosya, ele geçirilmiş meşru bir siteden (%) indiriliyor.',
      'Yazılım her saat % sunucusuna bağlanıyor.',
    ],
  },
  {
    language: 'Arabic',
    names: ['## النطاقات', 'خوادم القيادة والتحكم:', 'النطاقات الخبيثة:', 'روابط التحميل:'],
    benign: ['النطاقات المشروعة:', '## الضحايا'],
    articles: ['## المراجع', '## روابط مفيدة', 'المصادر:'],
    sentences: [
      'يتصل البرنامج بالموقع الشرعي % قبل الهجوم.',
      'النطاق % ليس خبيثًا.',
      'تنتحل الصفحة الموقع الرسمي % لسرقة كلمات المرور.',
    ],
    attackers: ['كان الملف على الموقع الرسمي المخترق % في الأرشيف.', 'يتصل البرنامج بالخادم % كل ساعة.'],
  },
];

const NAMES = ['kabarawan.com', 'awan-data77.top'];
const defanged = (name: string): string => name.replaceAll('.', '[.]');
/** So that no text is a bare list. */
const PROSE = [
  'A sentence of a report that is long enough to be prose.',
  '',
  'And one more of them, with as many words in it.',
  '',
];

for (const { language, names, benign, articles, sentences, attackers } of LANGUAGES) {
  for (const heading of names)
    t.test(`${language}: plain names under "${heading}"`, async (t) => {
      t.same(namesIn(rows(...PROSE, heading, '', ...NAMES)), NAMES);
    });
  for (const heading of benign)
    t.test(`${language}: no name under "${heading}"`, async (t) => {
      t.same(namesIn(rows(...PROSE, heading, '', ...NAMES.map(defanged))), []);
    });
  for (const heading of articles)
    t.test(`${language}: articles under "${heading}", behind a list`, async (t) => {
      const list = [names[0]!, '', 'rapatdaring.wiki', ''];
      const links = NAMES.map((name) => `- https://${name}/2026/an-article-on-it`);
      t.same(namesIn(rows(...PROSE, ...list, heading, '', ...links)), ['rapatdaring.wiki']);
    });
  for (const sentence of sentences)
    t.test(`${language}: "${sentence}"`, async (t) => {
      const report = rows(sentence.replace('%', defanged(NAMES[0]!)));
      t.same(namesIn(report), []);
      t.same(leftIn(report), [`${defanged(NAMES[0]!)} benign`]);
    });
  for (const sentence of attackers)
    t.test(`${language}: taken of "${sentence}"`, async (t) => {
      t.same(namesIn(rows(sentence.replace('%', defanged(NAMES[0]!)))), [NAMES[0]]);
    });
}
