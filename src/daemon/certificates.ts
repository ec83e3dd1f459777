// The certificate in force and the files it came from: renewed without a signal, announced before it ends, and a bad pair
// never replaces a good one.
import type { Logger } from 'pino';
import { messageOf } from '../config/coded-error.ts';
import type { Config } from '../config/config.ts';
import type { OwnTrouble } from '../desk/messages.ts';
import type { InForceOwner } from './in-force.ts';
import { type CertificatePair, expiryStage, readCertificate } from './machine/certificate.ts';
import { watchFiles } from './machine/file-watch.ts';
import type { Looks } from './machine/looks.ts';

/** How often the end of its validity is looked at. */
const EXPIRY_LOOK_MS = 3_600_000;

/** @throws Error that says which file cannot be used, and why */
export function certificateOf({ listen }: Config): CertificatePair | null {
  // Null where nobody speaks TLS: the configuration leaves it out then.
  return listen.tlsCertificate === null ? null : readCertificate(listen.tlsCertificate);
}

/**
 * What comes into force in place of another: the same object for the same pair, and where the configuration names none any more.
 * @throws Error as `certificateOf`; for one that has expired, while the present one has not
 */
export function nextCertificate(
  config: Config,
  present: CertificatePair | null,
  nowMs: number,
): CertificatePair | null {
  const next = certificateOf(config);
  // Listeners are what they were at the start: those that speak TLS have no other.
  if (next === null) return present;
  if (present === null) return next;
  if (next.digest === present.digest) return present;
  if (next.notAfterMs <= nowMs && present.notAfterMs > nowMs)
    throw new Error(
      `${expiryText(next, nowMs)}; the one in force is valid until ${dayOf(present.notAfterMs)}`,
    );
  return next;
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** "the certificate for DNS:… ends in 6 days"; null while its end is further away than the first announcement. */
export function expiryText({ notAfterMs, names }: CertificatePair, nowMs: number): string | null {
  if (expiryStage(notAfterMs, nowMs) === null) return null;
  const days = Math.floor((notAfterMs - nowMs) / 86_400_000);
  const whose = names === '' ? 'the certificate of `listen.tlsCertificate`' : `the certificate for ${names}`;
  const day = dayOf(notAfterMs);
  if (notAfterMs <= nowMs) return `${whose} expired on ${day}; clients refuse it: renew the files`;
  return `${whose} expires on ${day}, in ${days === 1 ? '1 day' : `${days} days`}; renew the files`;
}

export interface CertificateWatchParts {
  readonly owner: InForceOwner;
  readonly looks: Pick<Looks, 'every'>;
  readonly log: Logger;
  readonly onTrouble: (trouble: OwnTrouble) => void;
  /** The files are good again or others: what was refused for their sake may be tried once more. */
  readonly onMended: () => void;
  /** Wall clock, ms. */
  readonly now: () => number;
}

/** Takes renewed files over and announces the end of what is in force. @returns ends it */
export function keepCertificate(parts: CertificateWatchParts): () => void {
  const { owner, looks, log, onTrouble, onMended, now } = parts;
  let stage: number | null = null;
  const lookAtExpiry = (): void => {
    const { certificate } = owner.value;
    const next = certificate === null ? null : expiryStage(certificate.notAfterMs, now());
    if (next !== stage && next !== null && certificate !== null) {
      const text = expiryText(certificate, now()) ?? '';
      log.warn(text);
      onTrouble({ id: 'certificate-expiry', text, state: 'begun' });
    } else if (next === null && stage !== null)
      onTrouble({ id: 'certificate-expiry', text: 'the certificate is valid for long again', state: 'over' });
    stage = next;
  };
  const renew = async (): Promise<void> => {
    const before = owner.refusals.find(({ kind }) => kind === 'certificate')?.reason ?? null;
    try {
      const { certificate: present } = owner.value;
      const { certificate } = await owner.change('certificate', (value) => ({
        certificate: nextCertificate(value.config, value.certificate, now()),
      }));
      if (certificate !== present)
        log.info({ names: certificate?.names ?? '' }, 'the certificate was renewed');
      lookAtExpiry();
      onTrouble({ id: 'certificate', text: 'the certificate files are good again', state: 'over' });
      onMended();
    } catch (error) {
      const reason = messageOf(error);
      owner.refuse('certificate', reason);
      log.error({ error: reason }, 'the renewed certificate is refused; the one before stays in force');
      if (reason !== before)
        onTrouble({
          id: 'certificate',
          text: `the renewed certificate is refused, the one before stays in force: ${reason}`,
          state: 'begun',
        });
    }
  };
  const unwatch = watchFiles(
    () => {
      const { tlsCertificate } = owner.value.config.listen;
      return tlsCertificate === null || owner.value.certificate === null
        ? []
        : [tlsCertificate.cert, tlsCertificate.key];
    },
    looks,
    () => void renew(),
  );
  const timer = setInterval(lookAtExpiry, EXPIRY_LOOK_MS).unref();
  lookAtExpiry();
  return () => {
    unwatch();
    clearInterval(timer);
  };
}
