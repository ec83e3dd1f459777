// Options that several commands have, with what their help says.
import type { Command } from 'commander';

const MACHINE = '--client <MACHINE>';
export const OF_MACHINE = [MACHINE, 'only of this machine: its name, MAC or address, or a user'] as const;
export const FOR_MACHINE = [
  MACHINE,
  'only for this machine: its name, MAC or address, or a user who is logged on at one',
] as const;
export const CONFIG = [
  '-c, --config <FILE>',
  'configuration (else $CENOTE_CONFIG, ./config/cenote.yaml, /etc/cenote/cenote.yaml)',
] as const;
export const JSON_FLAG = ['--json', 'print JSON'] as const;

export const since = (usual: string) =>
  ['--since <TIME>', 'back to a duration ago (7d) or a date (2026-11-20)', usual] as const;
export const FLEET = ['--fleet', 'on the head of a fleet: of all sites'] as const;
export const SITE = ['--site <SITE>', 'with --fleet: only of this site'] as const;

/** Commands below `all`, which have the options that nearly all have. */
export const below =
  (all: Command) =>
  (name: string, description: string): Command =>
    all
      .command(name)
      .description(description)
      .option(...CONFIG)
      .option(...JSON_FLAG);
