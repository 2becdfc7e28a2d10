import { createClient } from "../../../client/index.ts";

/** Without a key of its own: where the server wants one, the browser's session brings it, which no script can read. */
export const client = createClient(location.origin);
