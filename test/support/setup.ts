import { setDefaultTimeout } from "bun:test";

// Many tests start programs or play hundreds of answers, on machines with two slow cores.
setDefaultTimeout(60_000);
