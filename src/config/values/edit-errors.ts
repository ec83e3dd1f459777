// Codes of errors of reports and of a changed configuration file; `config/error-codes.ts` has them all.
export const EDITS = {
  EDIT_BROKEN: {
    means: 'the configuration is no YAML that can be changed in its place',
    remedy: '`cenote check` says where; mend it in an editor',
  },
  EDIT_UNREADABLE: { means: 'the configuration cannot be read', remedy: 'look at its owner and mode' },
  EDIT_READ_ONLY: {
    means: 'cenote may not write the configuration or its folder',
    remedy:
      'let the user that runs cenote write there (under systemd: `ReadWritePaths=`), or edit it by hand',
  },
  EDIT_OVERTAKEN: {
    means: 'the configuration changed after it was looked at',
    remedy: 'look at it again, then change it',
  },
  EDIT_MISTAKE: {
    means: 'the configuration would have a mistake; nothing was changed',
    remedy: 'the message says which',
  },
  EDIT_REFUSED: {
    means: 'the changed configuration could not be put into force; nothing was changed',
    remedy: 'the message says why',
  },
  EDIT_BAD_VALUE: { means: 'the value is no YAML', remedy: 'write it as the configuration would' },
  EDIT_NO_SETTING: {
    means: 'there is no such setting in the file',
    remedy: 'take its path as the file has it',
  },
  EDIT_NO_GROUP: { means: 'there is no such group', remedy: 'the message names those there are' },
  EDIT_NO_LIST: { means: 'the file has no such list', remedy: '`cenote lists` names those there are' },
  EDIT_EXISTS: { means: 'there is another of that name', remedy: 'choose another name' },
  EDIT_NOTHING: { means: 'no name was taken of the report', remedy: 'take some of what was left out' },
} as const satisfies Record<string, { readonly means: string; readonly remedy: string }>;

export const REPORTS = {
  REPORT_TOO_BIG: {
    means: 'the report is larger than is read',
    remedy: 'divide it, or give a list as a source',
  },
  REPORT_NOT_TEXT: {
    means: 'the file is no text and of no kind that is read',
    remedy: 'save it as text, or copy from it',
  },
  REPORT_NAME: {
    means: 'the name of the list is no plain file name',
    remedy: 'letters, digits, dots and hyphens',
  },
  REPORT_UNREACHABLE: {
    means: 'the report cannot be fetched',
    remedy: 'look at its address, or save it and give the file',
  },
  REPORT_WRITE: {
    means: 'the list cannot be written',
    remedy: 'look at owner and space of the folder, or give --out',
  },
} as const satisfies Record<string, { readonly means: string; readonly remedy: string }>;
