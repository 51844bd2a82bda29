// Asks the server: the one place that calls `fetch`, and the one that knows what refusals look like.
/** What `api` throws. */
export class Refused extends Error {
    problem;
    constructor(problem) {
        super(problem.detail);
        this.problem = problem;
    }
}
/** What the server answers with, or `Refused`. */
export async function api(path, options) {
    const response = await fetch(path, options).catch(() => undefined);
    if (!response?.ok)
        throw new Refused(await problemOf(response));
    return response.status === 204 ? undefined : response.json();
}
/** Sends a value as JSON. */
export const post = (path, value) => api(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
});
async function problemOf(response) {
    if (response?.headers.get('Content-Type') === 'application/problem+json')
        return response.json();
    const status = response?.status ?? 0;
    const detail = response ? `The server answers with the status ${status}.` : 'The server does not answer. Please try again.';
    return { type: 'about:blank', title: 'No answer', status, detail };
}
