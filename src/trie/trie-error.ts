// What can be wrong with a trie or its snapshot.

export type TrieErrorCode =
  | 'TRIE_NOT_A_TRIE'
  | 'TRIE_OTHER_VERSION'
  | 'TRIE_TRUNCATED'
  | 'TRIE_MISALIGNED'
  | 'TRIE_DAMAGED'
  | 'TRIE_TOO_LARGE'
  | 'TRIE_BAD_NAME'
  | 'TRIE_BAD_RULE'
  | 'TRIE_FINISHED'
  | 'SNAPSHOT_NOT_A_SNAPSHOT'
  | 'SNAPSHOT_OTHER_VERSION'
  | 'SNAPSHOT_TRUNCATED'
  | 'SNAPSHOT_DAMAGED';

/** Its message reads "what is wrong (where); what to do". */
export class TrieError extends Error {
  readonly code: TrieErrorCode;

  constructor(code: TrieErrorCode, message: string) {
    super(message);
    this.name = 'TrieError';
    this.code = code;
  }
}
