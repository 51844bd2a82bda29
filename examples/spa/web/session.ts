// Who is signed in. The page has no token, and cannot read the cookie of its session: it asks the server.

import { api, post, Refused } from './api.js';

export interface User {
  id: string;
  display_name: string;
}

/** The user, or nothing if nobody is signed in. */
export async function whoIsHere(): Promise<User | undefined> {
  try {
    return await api<User>('/auth/user');
  } catch (error) {
    if (error instanceof Refused && error.problem.status === 401) return undefined;
    throw error;
  }
}

/** Where the sign-in starts that returns to this page. */
export const signInAddress = () => `/auth/sign-in?return_to=${encodeURIComponent(location.pathname + location.search)}`;

/** Ends the session here, and leaves for Logto, where it ends as well. */
export async function signOut() {
  const { location: next } = await post<{ location: string }>('/auth/sign-out');
  location.assign(next);
}
