/** The calls to the stand-in's server. */

/** The server could not be reached, or it refused; the message says so in a sentence. */
export class Unreachable extends Error {}

// The server lets a poll wait for 20 s.
const POLL_LIMIT_MS = 30_000;

/** Get the state. `since` is the version last seen: the answer then waits for a newer one. null: at once. */
export function getState(user, since) {
  const query = new URLSearchParams();
  if (user !== null) query.set("user", user);
  if (since !== null) query.set("since", since);
  return getJson(`/client/state?${query}`);
}

/** Get the internal notes that arrived: [{ticket, text, at}]. */
export async function getNotes() {
  return (await getJson("/client/notes")).notes;
}

/**
 * Do something as a person: POST /client/<what>.
 *
 * Returns {ok, error, refused}: `refused` says that the request itself was wrong and nothing was tried.
 * Throws Unreachable.
 */
export async function act(what, body) {
  const response = await call(`/client/${what}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const answer = parse(text);
  if (response.ok) return { ok: answer?.ok === true, error: answer?.error ?? null, refused: false };
  return { ok: false, error: answer?.error ?? (text.trim() || `HTTP ${response.status}`), refused: true };
}

async function getJson(path) {
  const response = await call(path, { signal: AbortSignal.timeout(POLL_LIMIT_MS) });
  const text = await response.text();
  const answer = parse(text);
  if (!response.ok) throw new Unreachable(answer?.error ?? `The stand-in answered HTTP ${response.status}.`);
  if (answer === null) throw new Unreachable("The stand-in's answer was not JSON.");
  return answer;
}

async function call(path, options) {
  try {
    return await fetch(path, { cache: "no-store", credentials: "omit", ...options });
  } catch {
    throw new Unreachable("The stand-in does not answer.");
  }
}

// A refusal may be a plain sentence instead of JSON: null then.
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
