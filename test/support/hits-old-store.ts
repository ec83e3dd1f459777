// Stores as releases before wrote them. Versions 1 and 2 with the same in them: one hit, one asking of a day, one that was told as past.
export const VERSION_1 = `
PRAGMA user_version = 1;
CREATE TABLE watermarks (boot TEXT NOT NULL, worker INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (boot, worker)) WITHOUT ROWID;
CREATE TABLE labels (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE hits (number INTEGER PRIMARY KEY, id TEXT NOT NULL, timeMs INTEGER NOT NULL, count INTEGER NOT NULL,
  ip TEXT NOT NULL, clientName INTEGER, mac INTEGER, clientGroup INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, class TEXT NOT NULL,
  transport TEXT NOT NULL, verdict TEXT NOT NULL, rule TEXT NOT NULL,
  list INTEGER NOT NULL, answer INTEGER, via TEXT, indicator INTEGER, worker INTEGER NOT NULL);
CREATE INDEX hitsByTime ON hits (timeMs);
CREATE INDEX hitsByClient ON hits (ip, timeMs);
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE clients (id INTEGER PRIMARY KEY, ip TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE incidents (id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX incidentsByTime ON incidents (lastMs);
CREATE TABLE hunted (client TEXT NOT NULL, list TEXT NOT NULL, name TEXT NOT NULL, lastMs INTEGER NOT NULL,
  PRIMARY KEY (client, list, name)) WITHOUT ROWID;
CREATE TABLE outbox (id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO labels VALUES (1, 'till-3'), (2, 'aa:bb:cc:dd:ee:ff'), (3, 'default'), (4, 'cx'), (5, '["0.0.0.0"]');
INSERT INTO hits VALUES (1, 'OLD', 1795424400123, 2, '192.0.2.7', 1, 2, 3, 'www.evil.example', 'A', 'IN', 'udp', 'sinkhole', 'evil.example', 4, 5, NULL, NULL, 0);
INSERT INTO names VALUES (4, 'example.old', 20780);
INSERT INTO clients VALUES (3, '192.0.2.7', 20780);
CREATE TABLE day_20780 (name INTEGER NOT NULL, client INTEGER NOT NULL, first INTEGER NOT NULL, span INTEGER NOT NULL,
  count INTEGER NOT NULL, blocked INTEGER NOT NULL, PRIMARY KEY (name, client)) WITHOUT ROWID;
INSERT INTO day_20780 VALUES (4, 3, 36000, 60, 5, 0);
INSERT INTO incidents VALUES ('OLDINCIDENT', '192.0.2.7 Old', 'closed', 1795424400123, 1795424460123,
  '{"id":"OLDINCIDENT","subject":"192.0.2.7 Old","state":"closed","severity":"high","client":{"ip":"192.0.2.7","name":"till-3","mac":"aa:bb:cc:dd:ee:ff","group":"default"},"list":"cx","campaign":"Old","indicator":null,"retrospective":false,"openedMs":1795424400123,"firstMs":1795424400123,"lastMs":1795424460123,"closedMs":1795428060123,"acknowledgedMs":null,"hits":2,"names":[{"name":"www.evil.example","count":2,"firstMs":1795424400123,"lastMs":1795424460123,"timesMs":[1795424400123,1795424460123]}],"furtherHits":0,"beacon":null}');
INSERT INTO hunted VALUES ('192.0.2.7', 'cx', 'old.example', 1795424400123);
`;

export const VERSION_2 = `
PRAGMA user_version = 2;
CREATE TABLE watermarks (boot TEXT NOT NULL, worker INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (boot, worker)) WITHOUT ROWID;
CREATE TABLE hitKinds (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, list TEXT NOT NULL);
CREATE TABLE hitClients (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, ip TEXT NOT NULL);
CREATE INDEX hitClientsByIp ON hitClients (ip);
CREATE TABLE hits (number INTEGER PRIMARY KEY, id TEXT NOT NULL, timeMs INTEGER NOT NULL, count INTEGER NOT NULL,
  client INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, rule NOT NULL, via TEXT);
CREATE INDEX hitsByTime ON hits (timeMs);
CREATE INDEX hitsByClient ON hits (client, timeMs);
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE clients (id INTEGER PRIMARY KEY, ip TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE incidents (id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, hits INTEGER NOT NULL, furtherHits INTEGER NOT NULL, body TEXT NOT NULL, times TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX incidentsByTime ON incidents (lastMs);
CREATE TABLE hunted (client TEXT NOT NULL, list TEXT NOT NULL, name TEXT NOT NULL, lastMs INTEGER NOT NULL,
  PRIMARY KEY (client, list, name)) WITHOUT ROWID;
CREATE TABLE outbox (id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO hitKinds VALUES (1, '{"type":"A","class":"IN","transport":"udp","verdict":"sinkhole","list":"cx","answer":["0.0.0.0"],"indicator":null,"worker":0}', 'cx');
INSERT INTO hitClients VALUES (1, '{"ip":"192.0.2.7","name":"till-3","mac":"aa:bb:cc:dd:ee:ff","group":"default"}', '192.0.2.7');
INSERT INTO hits VALUES (1, 'OLD', 1795424400123, 2, 1, 1, 'www.evil.example', 12, NULL);
INSERT INTO names VALUES (4, 'example.old', 20780);
INSERT INTO clients VALUES (3, '192.0.2.7', 20780);
CREATE TABLE day_20780 (name INTEGER NOT NULL, client INTEGER NOT NULL, first INTEGER NOT NULL, span INTEGER NOT NULL,
  count INTEGER NOT NULL, blocked INTEGER NOT NULL, PRIMARY KEY (name, client)) WITHOUT ROWID;
INSERT INTO day_20780 VALUES (4, 3, 36000, 60, 5, 0);
INSERT INTO incidents VALUES ('OLDINCIDENT', '192.0.2.7 Old', 'closed', 1795424400123, 1795424460123, 2, 0,
  '{"id":"OLDINCIDENT","subject":"192.0.2.7 Old","state":"closed","severity":"high","client":{"ip":"192.0.2.7","name":"till-3","mac":"aa:bb:cc:dd:ee:ff","group":"default"},"list":"cx","campaign":"Old","indicator":null,"retrospective":false,"openedMs":1795424400123,"firstMs":1795424400123,"lastMs":1795424460123,"closedMs":1795428060123,"acknowledgedMs":null,"hits":2,"names":[{"name":"www.evil.example","count":2,"firstMs":1795424400123,"lastMs":1795424460123}],"furtherHits":0,"beacon":null}',
  '[[1795424400123,1795424460123]]');
INSERT INTO hunted VALUES ('192.0.2.7', 'cx', 'old.example', 1795424400123);
`;

/** As of version 6: what names led to, and what lists of others had, by one span of days each. */
export const VERSION_6 = `
PRAGMA user_version = 6;
CREATE TABLE watermarks (boot TEXT NOT NULL, worker INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (boot, worker)) WITHOUT ROWID;
CREATE TABLE hitKinds (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, list TEXT NOT NULL);
CREATE TABLE hitClients (id INTEGER PRIMARY KEY, body TEXT NOT NULL UNIQUE, ip TEXT NOT NULL);
CREATE INDEX hitClientsByIp ON hitClients (ip);
CREATE TABLE hits (number INTEGER PRIMARY KEY, id TEXT NOT NULL, timeMs INTEGER NOT NULL, count INTEGER NOT NULL,
  client INTEGER NOT NULL, kind INTEGER NOT NULL, name TEXT NOT NULL, rule NOT NULL, via TEXT, matches, visit TEXT);
CREATE INDEX hitsByTime ON hits (timeMs);
CREATE TABLE hitBlocks (client INTEGER NOT NULL, block INTEGER NOT NULL, PRIMARY KEY (client, block)) WITHOUT ROWID;
CREATE TABLE hitBatches (first INTEGER PRIMARY KEY, fromMs INTEGER NOT NULL, toMs INTEGER NOT NULL, rows INTEGER NOT NULL,
  queries INTEGER NOT NULL, kinds TEXT NOT NULL, names BLOB NOT NULL, content BLOB NOT NULL);
CREATE INDEX hitBatchesByTime ON hitBatches (toMs);
CREATE TABLE hitBatchClients (client INTEGER NOT NULL, batch INTEGER NOT NULL, PRIMARY KEY (client, batch)) WITHOUT ROWID;
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, day INTEGER NOT NULL);
CREATE TABLE askers (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, machine TEXT NOT NULL, ip TEXT NOT NULL, name TEXT, mac TEXT,
  inGroup TEXT, day INTEGER NOT NULL);
CREATE INDEX askersByMachine ON askers (machine);
CREATE TABLE incidents (id TEXT PRIMARY KEY, subject TEXT NOT NULL, state TEXT NOT NULL, openedMs INTEGER NOT NULL,
  lastMs INTEGER NOT NULL, hits INTEGER NOT NULL, furtherHits INTEGER NOT NULL, sums TEXT NOT NULL, newsMs INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX incidentsByNews ON incidents (newsMs);
CREATE INDEX incidentsBySubject ON incidents (subject, newsMs);
CREATE TABLE incidentParts (incident TEXT NOT NULL, part INTEGER NOT NULL, content NOT NULL, PRIMARY KEY (incident, part)) WITHOUT ROWID;
CREATE TABLE told (machine TEXT NOT NULL, name TEXT NOT NULL, list TEXT NOT NULL, campaign TEXT NOT NULL, untilMs INTEGER NOT NULL,
  PRIMARY KEY (machine, name, list, campaign)) WITHOUT ROWID;
CREATE TABLE ledTo (target TEXT NOT NULL, name INTEGER NOT NULL, fromDay INTEGER NOT NULL, toDay INTEGER NOT NULL,
  PRIMARY KEY (target, name)) WITHOUT ROWID;
CREATE TABLE elsewhere (name INTEGER NOT NULL, list TEXT NOT NULL, campaign TEXT NOT NULL, fromDay INTEGER NOT NULL, toDay INTEGER NOT NULL,
  PRIMARY KEY (name, list, campaign)) WITHOUT ROWID;
CREATE TABLE outbox (id TEXT PRIMARY KEY, sink TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE watched (fromMs INTEGER PRIMARY KEY, toMs INTEGER NOT NULL, history INTEGER NOT NULL, lost INTEGER NOT NULL);
INSERT INTO names VALUES (4, 'example.shop', 20785), (5, 'example.news', 20785);
INSERT INTO ledTo VALUES ('example.cdn.edge', 4, 20780, 20785), ('example.cdn.edge', 5, 20781, 20781), ('@192.0.2.66', 4, 20783, 20784);
INSERT INTO elsewhere VALUES (4, 'cx', '', 20780, 20785), (4, 'cx', 'Old', 20782, 20782), (5, 'cy', 'Old', 20785, 20785);
INSERT INTO told VALUES ('m', 'shop.example', 'cx', 'Old', 1795424400123);
`;
