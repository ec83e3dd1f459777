// A TSIG key (RFC 8945), of a zone that is fetched or served.

export interface TsigKey {
  readonly name: string;
  readonly algorithm: string;
  /** Base64. */
  readonly secret: string;
}
