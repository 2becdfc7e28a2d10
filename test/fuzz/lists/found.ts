import type { Input } from "../input.ts";

/** What has found a defect once, each by itself: it is sent before anything else is. */
export const found: readonly Input[] = [];
