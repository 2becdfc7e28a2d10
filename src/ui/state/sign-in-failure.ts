import { type SignInFailure, signInFailures } from "../../protocol/sessions.ts";

/** Why somebody came back from their issuer without being signed in, which the page's address says once. */
const given = new URLSearchParams(location.search).get("sign_in");
export const signInFailure: SignInFailure | undefined = signInFailures.find((each) => each === given);

// A reload is no failure.
if (given !== null) history.replaceState(history.state, "", `${location.pathname}${location.hash}`);
