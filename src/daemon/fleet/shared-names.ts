// Names of machines between sites (`fleet.shareNames`): what this one calls them goes to the head, what others call those without a name here
// comes from it. The head takes part as a site does, without a message.
import type { ClientBook } from '../../clients/client-book.ts';
import { clientName } from '../../clients/client-name.ts';
import { nameHere } from '../../clients/machine.ts';
import type { FleetConfig } from '../../config/meant/fleet.ts';
import type { Link } from '../../fleet/link.ts';
import {
  type MachineKey,
  readFoundNames,
  readSiteNames,
  writeFoundNames,
  writeSiteNames,
} from '../../fleet/names/messages.ts';
import { Register } from '../../fleet/names/register.ts';
import { Sharer } from '../../fleet/names/sharer.ts';
import type { Seal } from '../../fleet/seal.ts';
import type { IsSigned, Sign } from '../../fleet/signing.ts';
import type { Open } from '../../fleet/site-keys.ts';
import { ALL_NAMES, namedSubject, namesSubject } from '../../fleet/subjects.ts';
import { PrefixTable } from '../../policy/prefixes.ts';
import { addressToText } from '../../wire/names/address.ts';
import { isStandIn } from '../../wire/names/stand-in.ts';

export interface SharedNamesParts {
  readonly fleet: Pick<FleetConfig, 'site' | 'networks'>;
  readonly book: () => Pick<ClientBook, 'held' | 'table' | 'namedElsewhere'>;
  readonly link: Pick<Link, 'listen' | 'tell' | 'onUp' | 'connection'>;
  readonly seal: Seal;
  readonly isSigned: IsSigned;
  /** Null at a site. */
  readonly head: {
    readonly sign: Sign;
    readonly open: Open;
    /** Whether it takes part. */
    readonly isSite: (site: string) => boolean;
  } | null;
}

const TICK_MS = 2_000;
/** Those that asked nothing for longer are not asked for. */
const LATELY_MS = 3_600_000;
/** Docker makes a container's MAC of its address: every site has the same ones. */
const OF_ADDRESS = /^02:42:/;

export class SharedNames {
  readonly #parts: SharedNamesParts;
  readonly #own: PrefixTable;
  readonly #sharer: Sharer;
  readonly #register: Register | null;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: SharedNamesParts) {
    this.#parts = parts;
    this.#own = new PrefixTable(parts.fleet.networks.map(({ bytes, bits }) => ({ bytes, bits, value: 0 })));
    this.#register = parts.head === null ? null : new Register();
    const { fleet, link, seal } = parts;
    const { site } = fleet;
    const register = this.#register;
    this.#sharer = new Sharer({
      own: () => this.#named(),
      unnamed: () => this.#unnamed(),
      send: (names) => {
        if (register === null) link.tell(namesSubject(site), seal('names', writeSiteNames(names)));
        // Not before `send` has returned: the sharer notes what it sent.
        else queueMicrotask(() => this.#sharer.hear(register.hear(site, names)));
      },
      learnt: (names) => parts.book().namedElsewhere(names),
      monotonic: () => performance.now(),
    });
  }

  start(): void {
    const { fleet, link, isSigned, head } = this.#parts;
    const register = this.#register;
    if (head !== null && register !== null) {
      const { length } = ALL_NAMES.replace('*', '');
      link.listen(ALL_NAMES, (octets, subject) => {
        const site = subject.slice(length);
        if (site === fleet.site || !head.isSite(site)) return;
        const body = head.open(site, 'names', octets);
        const said = body === null ? null : readSiteNames(body, nameOf);
        if (said !== null)
          link.tell(namedSubject(site), writeFoundNames(site, register.hear(site, said), head.sign));
      });
    } else {
      link.listen(namedSubject(fleet.site), (octets) => {
        const found = readFoundNames(fleet.site, octets, isSigned, nameOf);
        if (found !== null) this.#sharer.hear(found);
      });
      link.onUp(() => this.#sharer.again());
    }
    this.#timer = setInterval(() => {
      if (register !== null || link.connection !== null) this.#sharer.tick();
    }, TICK_MS).unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** It takes part no more. */
  forget(site: string): void {
    this.#register?.forget(site);
  }

  /** By MAC each machine; by address those in networks that no other site has. */
  #named(): Map<MachineKey, string> {
    const names = new Map<MachineKey, string>();
    const { held, table } = this.#parts.book();
    for (const machine of table.machines) {
      const name = nameHere(machine);
      if (isOfMachine(machine.mac) && name !== null) names.set(machine.mac, name);
    }
    for (const { address, who } of held) {
      const name = nameHere(who);
      if (name !== null && this.#isOwn(address)) names.set(addressToText(address), name);
    }
    return names;
  }

  *#unnamed(): Generator<MachineKey> {
    const { held, table } = this.#parts.book();
    const sinceMs = Date.now() - LATELY_MS;
    for (const { address, who } of held) {
      if (nameHere(who) !== null) continue;
      if ((table.machine(who.id)?.lastMs ?? 0) < sinceMs) continue;
      if (who.mac !== null) {
        if (isOfMachine(who.mac)) yield who.mac;
      } else if (!isStandIn(address) && !this.#isOwn(address)) yield addressToText(address);
    }
  }

  #isOwn(address: Uint8Array): boolean {
    return !isStandIn(address) && this.#own.find(address) >= 0;
  }
}

const nameOf = (text: string): string | null => clientName(text);
const isOfMachine = (mac: string | null): mac is string => mac !== null && !OF_ADDRESS.test(mac);
