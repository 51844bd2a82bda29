// Asks the server: the one place that calls `fetch`, and the one that knows what refusals look like.

/** What the server refuses with: a problem document (RFC 9457). */
export interface Problem {
  /** A name that stays, such as `urn:logto-rocket:denied`. */
  type: string;
  title: string;
  status: number;
  /** A sentence for the user. */
  detail: string;
  /** Where the sign-in starts, if a sign-in would help. It returns to this page. */
  sign_in?: string;
}

/** What `api` throws. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** What the server answers with, or `Refused`. */
export async function api<T>(path: string, options?: RequestInit): Promise<T> {
  const response = await fetch(path, options).catch(() => undefined);
  if (!response?.ok) throw new Refused(await problemOf(response));
  return response.status === 204 ? (undefined as T) : response.json();
}

/** Sends a value as JSON. */
export const post = <T>(path: string, value?: unknown) =>
  api<T>(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });

async function problemOf(response: Response | undefined): Promise<Problem> {
  if (response?.headers.get('Content-Type') === 'application/problem+json') return response.json();
  const status = response?.status ?? 0;
  const detail = response ? `The server answers with the status ${status}.` : 'The server does not answer. Please try again.';
  return { type: 'about:blank', title: 'No answer', status, detail };
}
