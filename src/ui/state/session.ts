import { useQuery } from "@tanstack/react-query";
import { unwrap } from "../../../client/index.ts";
import { closeChannel } from "./channel.ts";
import { client } from "./client.ts";
import { finishDeletions } from "./deletions.ts";
import { forgetPerson, isSomebodyElse } from "./person.ts";
import { queries } from "./queries.ts";
import { dropSetupToken } from "./setup.ts";

const queryKey = ["session"];

/** Whether the server wants a key, and who this browser is signed in as. */
export function useSession() {
  return useQuery({ queryKey, queryFn: readSession, staleTime: Infinity });
}

/** Whoever comes back from an issuer may be somebody else than was here before: the page is not told in another way. */
async function readSession() {
  const session = await unwrap(client.api.session.get());
  if (!session.setup) dropSetupToken();
  if (session.required && session.owner !== null && isSomebodyElse(session.owner)) forgetPerson(session.owner);
  return session;
}

/** The key goes to the server and nowhere else: a cookie stands for it from then on, which no script can read. */
export async function signIn(key: string): Promise<void> {
  const session = await unwrap(client.api.session.post({ key }));
  closeChannel();
  // What one person has read, or has begun to write, is not the next one's.
  const owner = session.owner ?? "";
  if (isSomebodyElse(owner)) return forgetPerson(owner);
  queries.setQueryData(queryKey, session);
  await queries.invalidateQueries({ predicate: ({ queryKey: [first] }) => first !== "session" });
}

export async function signOut(): Promise<void> {
  await finishDeletions();
  await unwrap(client.api.session.delete());
  closeChannel();
  forgetPerson(null);
}
