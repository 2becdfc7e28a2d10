import type { ReactNode } from "react";
import { useSession } from "../state/session.ts";
import { SetUp } from "./set-up.tsx";
import { SignIn } from "./sign-in.tsx";

/** What is shown once the server knows who one is; where it cannot be reached, the page says so itself. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const { data: session, isPending } = useSession();
  // As index.html has it until the scripts are read: nothing is seen to change.
  if (isPending) return <p className="starting">Parley</p>;
  if (session?.setup) return <SetUp />;
  return session?.signed_in === false ? <SignIn /> : children;
}
