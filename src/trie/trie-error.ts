// What can be wrong with a trie.

export type TrieErrorCode =
  | 'TRIE_NOT_A_TRIE'
  | 'TRIE_OTHER_VERSION'
  | 'TRIE_TRUNCATED'
  | 'TRIE_MISALIGNED'
  | 'TRIE_DAMAGED'
  | 'TRIE_TOO_LARGE'
  | 'TRIE_BAD_NAME'
  | 'TRIE_BAD_RULE'
  | 'TRIE_FINISHED';

/** Its message reads "what is wrong (where); what to do". */
export class TrieError extends Error {
  readonly code: TrieErrorCode;

  constructor(code: TrieErrorCode, message: string) {
    super(message);
    this.name = 'TrieError';
    this.code = code;
  }
}
