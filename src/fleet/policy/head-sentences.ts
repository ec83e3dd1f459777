// What a head says of policies that it cannot publish.
import { messageOf } from '../../config/coded-error.ts';
import { LaterPolicy, POLICY_OCTETS_MAX } from './document.ts';

export const tooLongText = (octets: number): string =>
  `the policy is ${octets} octets, at most ${POLICY_OCTETS_MAX} are sent; put names of the configuration into list files`;

/** Why the head does not know what it published last. @param error as readPolicy throws it */
export const unreadText = (file: string, error: unknown): string =>
  error instanceof LaterPolicy ? laterText(file, error) : unreadableText(file, messageOf(error));

const unreadableText = (file: string, why: string): string =>
  `What was published last cannot be read (${file}): ${why}. Sites keep what they have. Where this head has another signing key than before put that one back (\`fleet.signingKey\`) and start cenote again; else \`cenote fleet publish\`, and give a new key to all sites (\`fleet.key\`)`;

const laterText = (file: string, { revision, why }: LaterPolicy): string =>
  `What was published last${revision === null ? '' : `, revision ${revision},`} is of a later release than this head's, which cannot read it (${why}; ${file}). Sites keep what they have until \`cenote fleet publish\` here, which sends what this release says`;

export const unknownText = (why: string): string =>
  `NATS, which holds the last one, has not been reached since this head was started: ${why}; publish when it is, so that no revision gets a number that sites have already (a data folder may have been set back)`;

export const foreignText = (revision: number): string =>
  `NATS holds revision ${revision}, which this head's key signed and this head did not publish: another head has its key, its data folder was set back, or a later release of cenote published it. What lists bring is not published before \`cenote fleet publish\` here, which gives all sites what this head says`;
