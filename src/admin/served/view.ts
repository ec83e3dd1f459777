// What is served to others, as the API and the command line show it.
import type { PublishState, SecondaryState, ZoneState } from '../../publish/messages.ts';
import { count, flag, list, object, orNull, type Schema, said, text, texts, time } from '../shapes.ts';

export interface ServedView {
  readonly zones: readonly ServedZoneView[];
  readonly lists: readonly ServedListView[];
}

export interface ServedZoneView {
  readonly name: string;
  /** Null until it was made for the first time. */
  readonly serial: number | null;
  readonly names: number;
  readonly changed: string | null;
  readonly error: string | null;
  readonly leftOut: readonly { readonly why: string; readonly count: number }[];
  readonly transfers: ZoneState['transfers'];
  readonly secondaries: readonly SecondaryView[];
}

export interface SecondaryView {
  readonly address: string;
  readonly notify: string;
  readonly others: readonly string[];
  readonly serial: number | null;
  readonly behind: boolean;
  readonly lastAsked: string | null;
  readonly lastTransfer: {
    readonly kind: string;
    readonly serial: number;
    readonly time: string;
    readonly octets: number;
    readonly tookMs: number;
  } | null;
}

export interface ServedListView {
  readonly name: string;
  readonly error: string | null;
  readonly formats: readonly {
    readonly format: string;
    readonly path: string;
    readonly lines: number;
    readonly leftOut: number;
    readonly octets: number;
    readonly changed: string;
  }[];
}

export const servedSchema: Schema = object({
  zones: list(
    object({
      name: text,
      serial: said('Null until it was made for the first time.', orNull(count)),
      names: said('Owners with records.', count),
      changed: orNull(time),
      error: said('Why it could not be kept for the next start.', orNull(text)),
      leftOut: said('What a policy zone has no words for.', list(object({ why: text, count }))),
      transfers: said(
        'Since the start.',
        object({ whole: count, incremental: count, broken: count, refused: count, octets: count }),
      ),
      secondaries: list(
        object({
          address: text,
          notify: said('none, waiting, acknowledged, refused or silent', text),
          others: said(
            'Others that are sent NOTIFY at the same address: which of them asked is not known.',
            texts,
          ),
          serial: said('What it was last known to have.', orNull(count)),
          behind: flag,
          lastAsked: orNull(time),
          lastTransfer: orNull(
            object({
              kind: said('axfr, ixfr or current', text),
              serial: count,
              time,
              octets: count,
              tookMs: count,
            }),
          ),
        }),
      ),
    }),
  ),
  lists: list(
    object({
      name: text,
      error: orNull(text),
      formats: list(
        object({
          format: text,
          path: said('Where it is fetched from.', text),
          lines: count,
          leftOut: said('Names and networks that the format has no words for.', count),
          octets: count,
          changed: time,
        }),
      ),
    }),
  ),
});

export function servedView({ zones, lists }: PublishState): ServedView {
  return {
    zones: zones.map(({ name, serial, names, changedMs, error, leftOut, transfers, secondaries }) => ({
      name,
      serial,
      names,
      changed: isoTime(changedMs),
      error,
      leftOut,
      transfers,
      secondaries: secondaries.map(secondaryView),
    })),
    lists: lists.map(({ name, error, formats }) => ({
      name,
      error,
      formats: formats.map(({ format, lines, leftOut, octets, changedMs }) => ({
        format,
        path: `/served/${name}/${format}`,
        lines,
        leftOut,
        octets,
        changed: new Date(changedMs).toISOString(),
      })),
    })),
  };
}

function secondaryView({
  address,
  notify,
  others,
  serial,
  isBehind,
  ...last
}: SecondaryState): SecondaryView {
  const { lastAskedMs, lastTransfer: transfer } = last;
  return {
    address,
    notify,
    others,
    serial,
    behind: isBehind,
    lastAsked: isoTime(lastAskedMs),
    lastTransfer:
      transfer === null
        ? null
        : {
            kind: transfer.kind,
            serial: transfer.serial,
            time: new Date(transfer.atMs).toISOString(),
            octets: transfer.octets,
            tookMs: Math.round(transfer.tookMs),
          },
  };
}

const isoTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
