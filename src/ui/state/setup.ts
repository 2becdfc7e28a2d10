import { unwrap } from "../../../client/index.ts";
import { client } from "./client.ts";
import { beginAnew, forgetPerson, isSomebodyElse } from "./person.ts";

const opening = "#setup=";

/** Of the link that the server printed as it started, which stands after the `#`: no server or proxy is told. */
export function setupToken(): string | undefined {
  return location.hash.startsWith(opening) ? location.hash.slice(opening.length) : undefined;
}

/** Makes the first key, and signs this browser in with it. */
export async function setUp(asked: { readonly token: string; readonly name: string }) {
  const made = await unwrap(client.api.setup.post(asked));
  dropSetupToken();
  return made;
}

/** Once the key was seen. */
export function enter(owner: string): void {
  if (isSomebodyElse(owner)) forgetPerson(owner);
  else beginAnew();
}

/** It is good for nothing any more, and no page. */
export function dropSetupToken(): void {
  if (setupToken() !== undefined) history.replaceState(null, "", location.pathname);
}
