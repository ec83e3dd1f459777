// Asks the API, and tells apart: no answer, a token that is needed or wrong, and an answer that says what is wrong.
const PATIENCE_MS = 20_000;

/** @param {string} kind silent: no answer of cenote's; token: none or a wrong one; said: cenote says what is wrong */
function failure(kind, message) {
  return Object.assign(new Error(message), { kind });
}

/** Of another machine; it stays in this tab. */
export const kept = {
  token: () => sessionStorage.getItem('token'),
  keep: (token) => sessionStorage.setItem('token', token),
  forget: () => sessionStorage.removeItem('token'),
};

/**
 * GET, or POST where there is a body.
 * @throws {Error} with `kind`, see failure()
 */
export async function ask(path, body) {
  const token = kept.token();
  const headers = {
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  // A header holds no other characters: fetch would fail as if nobody answered.
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) throw failure('token', 'The token is wrong.');
  const { status, ok, answer } = await sent(`api/v1/${path}`, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (status === 401) throw failure('token', token === null ? '' : 'The token is wrong.');
  if (!ok) throw failure('said', sentence(answer.error?.message ?? `cenote answers with status ${status}`));
  return answer;
}

/** What a proxy says in cenote's place is no JSON, and no answer. */
async function sent(url, options) {
  try {
    const response = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { status: response.status, ok: response.ok, answer: await response.json() };
  } catch {
    throw failure('silent', 'cenote does not answer.');
  }
}

const sentence = (text) =>
  text.startsWith('cenote') ? text : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
