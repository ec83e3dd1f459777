// The policy in force at a site, on its disk: what a restart without any network begins with.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../config/coded-error.ts';
import { asideOf, keepWhole, moveWhole } from '../../config/disk/whole-file.ts';
import type { Overlay } from '../../config/values/overlay.ts';
import { Contents, dropFolder } from './contents.ts';
import { LaterPolicy, type PolicyDocument, readPolicy } from './document.ts';
import { folderName, overlayOf, type TextFolders } from './merge.ts';

interface Held {
  readonly message: Uint8Array;
  readonly document: PolicyDocument;
  readonly overlay: Overlay;
}

export class KeptPolicy {
  readonly contents: Contents;
  /** Packs that are being fetched. */
  readonly incoming: string;
  readonly #file: string;
  readonly #texts: TextFolders;
  #kept: Held | null = null;
  /** One that is being put into force. */
  #candidate: Held | null = null;
  /** Texts of it are not on the disk any more. */
  #isBroken = false;
  #problem: string | null = null;
  /** Of a policy that is kept, and of a later release. */
  #laterRevision = 0;
  #sinceMs = 0;

  /** @param dir `fleet` in `events.dir` @param key the head's */
  constructor(dir: string, key: string) {
    this.#file = join(dir, 'policy');
    this.incoming = join(dir, 'incoming');
    this.#texts = { contents: join(dir, 'contents'), folders: join(dir, 'folders') };
    this.contents = new Contents(this.#texts.contents);
    if (!existsSync(this.#file)) return;
    try {
      const message = readFileSync(this.#file);
      this.#kept = this.#held(message, readPolicy(message, key));
      this.#sinceMs = Math.round(statSync(this.#file).mtimeMs);
      const missing = this.#missingOf(this.#kept.document);
      this.#isBroken = missing !== null;
      if (missing !== null) this.#problem = `the text of the list ${missing} is not on the disk any more`;
    } catch (error) {
      this.#problem = messageOf(error);
      if (error instanceof LaterPolicy) this.#laterRevision = error.revision ?? 0;
    }
  }

  /** Makes what it is kept in. @throws as node:fs does */
  open(): void {
    for (const folder of [this.#texts.contents, this.#texts.folders, this.incoming])
      mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** What a configuration is read with now. */
  readonly overlay = (): Overlay | null => {
    if (this.#candidate !== null) return this.#candidate.overlay;
    return this.#isBroken ? null : (this.#kept?.overlay ?? null);
  };

  /** Of the policy that is kept, whole or not: nothing older is accepted. */
  get revision(): number {
    return this.#kept?.document.revision ?? this.#laterRevision;
  }

  /** The one in force; null when there is none. */
  get document(): PolicyDocument | null {
    return this.#isBroken ? null : (this.#kept?.document ?? null);
  }

  /** When it was put into force; null: none is. Wall clock, ms. */
  get sinceMs(): number | null {
    return this.document === null ? null : this.#sinceMs;
  }

  /** Why what is kept is not in force; null when it is, or there is none. */
  get problem(): string | null {
    return this.#problem;
  }

  isSame(message: Uint8Array): boolean {
    return this.#kept !== null && !this.#isBroken && Buffer.compare(this.#kept.message, message) === 0;
  }

  /** Whether another policy bears the number of this one. */
  isTwin(message: Uint8Array, { revision }: PolicyDocument): boolean {
    return (
      revision === this.revision && this.#kept !== null && Buffer.compare(this.#kept.message, message) !== 0
    );
  }

  /** From now on configurations are read with this one, and it is on the disk. @throws as node:fs does */
  async prepare(message: Uint8Array, document: PolicyDocument): Promise<void> {
    for (const { isFolder, files } of Object.values(document.contents))
      if (isFolder) await this.#layOut(folderName(files), files);
    await keepWhole(`${this.#file}.next`, [message]);
    this.#candidate = this.#held(message, document);
  }

  /** It is in force: the next start begins with it. */
  async commit(): Promise<void> {
    const candidate = this.#candidate;
    if (candidate === null) return;
    await moveWhole(`${this.#file}.next`, this.#file);
    this.#kept = candidate;
    this.#candidate = null;
    this.#isBroken = false;
    this.#problem = null;
    const { contents } = candidate.document;
    const files = Object.values(contents).flatMap(({ files }) => files.map(({ sha256 }) => sha256));
    await this.contents.keepOnly(new Set(files));
    const folders = Object.values(contents).map(({ files }) => folderName(files));
    for (const name of await readdir(this.#texts.folders))
      if (!folders.includes(name)) await dropFolder(join(this.#texts.folders, name));
    for (const name of await readdir(this.incoming)) await dropFolder(join(this.incoming, name));
  }

  /** It was refused. */
  drop(): void {
    this.#candidate = null;
  }

  #held(message: Uint8Array, document: PolicyDocument): Held {
    return { message, document, overlay: overlayOf(document, this.#texts) };
  }

  #missingOf({ contents }: PolicyDocument): string | null {
    for (const [list, { isFolder, files }] of Object.entries(contents)) {
      if (isFolder && !existsSync(join(this.#texts.folders, folderName(files)))) return list;
      for (const { sha256, octets } of files)
        if (statSync(this.contents.pathOf(sha256), { throwIfNoEntry: false })?.size !== octets) return list;
    }
    return null;
  }

  async #layOut(folder: string, files: readonly { name: string; sha256: string }[]): Promise<void> {
    const path = join(this.#texts.folders, folder);
    if (existsSync(path)) return;
    const aside = asideOf(path);
    await mkdir(aside, { mode: 0o700 });
    for (const { name, sha256 } of files) await copyFile(this.contents.pathOf(sha256), join(aside, name));
    await rename(aside, path);
  }
}
