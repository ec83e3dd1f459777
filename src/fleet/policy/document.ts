// A policy as it travels: one signed document that says the whole of it; what is long is named by its SHA-256.
import { z } from 'zod';
import { OVERRIDABLE, PUBLISHED_PARTS } from '../../config/meant/fleet.ts';
import { BODY_OCTETS_MAX } from '../../lists/body.ts';
import { FleetError } from '../fleet-error.ts';
import { isSignedBy, SIGNATURE_OCTETS } from '../signing.ts';

/** Less than a NATS server takes unasked (1 MiB). */
export const POLICY_OCTETS_MAX: number = 896 * 1024;
/** One message each. */
export const PART_OCTETS: number = 128 * 1024;
const FILES_MAX = 4_000;
/** Where `contents` has the head's warning lists, beside those of lists by their names: no list is called so. */
export const WARNINGS = ':warnings';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const fileSchema = z.object({
  /** The end of its name, which may say what it is. */
  name: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/),
  sha256,
  octets: count.max(BODY_OCTETS_MAX),
});

const packSchema = z.object({
  to: sha256,
  /** What it is a difference from; null: it is whole. */
  from: sha256.nullable(),
  /** What is carried: compressed, in parts. */
  blob: sha256,
  octets: count.max(BODY_OCTETS_MAX),
});

const documentSchema = z.object({
  version: z.literal(1),
  revision: count.min(1),
  publishedMs: count,
  /** Site of the head. */
  head: z.string().max(64),
  /** Sections as written on the head. */
  parts: z.partialRecord(z.enum(PUBLISHED_PARTS), z.unknown()),
  /** Sections that are the head's, also where it says nothing there. */
  published: z.array(z.enum(PUBLISHED_PARTS)),
  override: z.array(z.enum(OVERRIDABLE)),
  /** Texts of lists by list. */
  contents: z.record(
    z.string().max(200),
    z.object({
      isFolder: z.boolean(),
      files: z.array(fileSchema).max(FILES_MAX),
      /** At the head. */
      entries: count,
    }),
  ),
  packs: z.array(packSchema).max(4 * FILES_MAX),
  /** What is other than in the revision before, in words. */
  change: z.string().max(2_000),
});

export type PolicyDocument = z.output<typeof documentSchema>;
export type PolicyFile = z.output<typeof fileSchema>;
export type Pack = z.output<typeof packSchema>;

/** Signature, then the document in JSON. */
export function policyMessage(body: Uint8Array, signature: Uint8Array): Uint8Array {
  return Buffer.concat([signature, body]);
}

/** The head's key signed it, and this version cannot read it. */
export class LaterPolicy extends FleetError {
  /** Null where that cannot be read either. */
  readonly revision: number | null;
  /** What of it. */
  readonly why: string;

  constructor(why: string, revision: number | null) {
    const which = revision === null ? '' : `, revision ${revision},`;
    super(
      'FLEET_RELEASE',
      `the head's key signed a policy${which} that this version of cenote cannot read (${why}); bring cenote here to the head's release`,
    );
    this.revision = revision;
    this.why = why;
  }
}

const numbered = z.object({ revision: documentSchema.shape.revision });

/** @throws FleetError FLEET_POLICY when the key did not sign it; LaterPolicy when it is of a kind this version does not know */
export function readPolicy(message: Uint8Array, key: string): PolicyDocument {
  if (message.length > POLICY_OCTETS_MAX || message.length <= SIGNATURE_OCTETS)
    throw new FleetError('FLEET_POLICY', `${message.length} octets are no policy`);
  const body = message.subarray(SIGNATURE_OCTETS);
  if (!isSignedBy(body, message.subarray(0, SIGNATURE_OCTETS), key, 'policy'))
    throw new FleetError(
      'FLEET_POLICY',
      "the head's key did not sign it, or it is another key than this daemon knows (`fleet.key` at a site, `fleet.signingKey` on the head)",
    );
  let read: unknown;
  try {
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new LaterPolicy('it is no JSON', null);
  }
  const checked = documentSchema.safeParse(read);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const why = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`;
  throw new LaterPolicy(why, numbered.safeParse(read).data?.revision ?? null);
}
