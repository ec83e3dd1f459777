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
} as const satisfies Record<string, { readonly means: string; readonly remedy: string }>;
