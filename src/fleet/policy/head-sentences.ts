// What a head says of policies that it cannot publish.
import { POLICY_OCTETS_MAX } from './document.ts';

export const tooLongText = (octets: number): string =>
  `the policy is ${octets} octets, at most ${POLICY_OCTETS_MAX} are sent; put names of the configuration into list files`;

export const unreadableText = (file: string, why: string): string =>
  `the policy that was published last cannot be read (${file}): ${why}; publish anew, and where the key is another one give it to all sites (\`fleet.key\`)`;

export const unknownText = (file: string, why: string): string =>
  `this head has no policy of its own that it can read (${file}), and NATS, which holds the last one, does not answer: ${why}; publish when it does, so that no revision gets a number that sites have passed`;

export const foreignText = (revision: number): string =>
  `NATS holds revision ${revision}, which this head's key signed and this head did not publish: another head has its key, or its data folder was set back. What lists bring is not published before \`cenote fleet publish\` here, which gives all sites what this head says`;
