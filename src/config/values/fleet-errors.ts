// Codes of errors between the sites of a fleet; `config/error-codes.ts` has them all.
export const FLEET = {
  FLEET_DOWN: {
    means: 'there is no connection to the NATS servers of the fleet',
    remedy: 'look at `fleet.nats` and the way there; it is tried for ever, and answers do not wait for it',
  },
  FLEET_REFUSED: {
    means: 'the NATS server, or its stream, refused a message',
    remedy: 'look at the permissions that `cenote fleet invite` printed, and at the limits of the streams',
  },
  FLEET_UNKNOWN: {
    means: 'no acknowledgement came in time: the message may be kept or not',
    remedy: 'nothing: it is sent again',
  },
  FLEET_CREDENTIALS: {
    means: 'the NKey of this daemon cannot be read',
    remedy: '`cenote fleet join FILE` writes it, for the user that runs cenote',
  },
  FLEET_KEY: {
    means: "the head's private key cannot be read, or is of another kind",
    remedy: 'look at `fleet.signingKey`, its owner and its mode; a lost key means that every site joins anew',
  },
  FLEET_POLICY: {
    means: "what was published is refused: the head's key did not sign it, or it is damaged",
    remedy: 'what was in force stays; where the head has another key, give it to this site (`fleet.key`)',
  },
  FLEET_RELEASE: {
    means: "the head's key signed a policy that this version of cenote cannot read",
    remedy: 'what was in force stays; bring cenote here to the release of the head',
  },
  FLEET_SITES: {
    means: 'the head cannot read who was invited to the fleet and who was removed',
    remedy: 'put `fleet/head/sites.json` back from a backup; the message says what to do without one',
  },
  FLEET_PUBLISH: {
    means: 'a policy cannot be published',
    remedy: 'the message says why; sites keep what they have',
  },
  FLEET_STORE: {
    means: 'the central store of hits is not there, or cannot be asked now',
    remedy:
      'ask the head, and look at its `fleet.store`; what sites have waits at the sites until the store takes it',
  },
  NO_HUNT: {
    means: 'there is no hunt of this id',
    remedy: 'hunts are kept for a week; begin one with `cenote hunt --fleet`',
  },
  NO_SITE: {
    means: 'there is no site of this name in the fleet',
    remedy: '`cenote fleet status` on the head shows those that there are',
  },
  NO_FLEET: {
    means: 'this daemon belongs to no fleet',
    remedy: '`cenote fleet join FILE`; or write `fleet`',
  },
  FLEET_CONTENT: {
    means: 'the text of a list did not come whole',
    remedy: 'nothing: it is fetched again; what was in force stays',
  },
} as const satisfies Record<string, { readonly means: string; readonly remedy: string }>;
