import { createApp } from "../../src/app.ts";
import { openApp } from "../support/app.ts";
import type { FuzzedRoute } from "./input.ts";

/** Every route that there is, hidden or not, with the schemas of what it takes. */
export async function listRoutes(): Promise<readonly FuzzedRoute[]> {
  await using app = await openApp();
  return createApp(app.services).routes;
}
