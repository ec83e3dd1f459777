// What is loaded when somebody first needs it.

/** The same for everybody who asks; after a failure (no memory, no file descriptor left) the next who asks tries anew. */
export function loadedOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | null = null;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = null;
      throw error;
    });
    return loading;
  };
}
