/** What anybody may ask: compared with the decoded path as a whole, so that nothing near it passes. */
const openPaths = new Set([
  "/",
  "/docs",
  "/healthz",
  "/backend-api/v2/version",
  "/backend-api/v2/session",
  "/backend-api/v2/setup",
  "/backend-api/v2/session/oidc",
  "/backend-api/v2/session/oidc/callback",
]);
/** What pages load, which is the same in every installation: one folder of the build, without any below it. */
const pageFile = /^\/assets\/[\w-]+\.(js|css|svg)$/;

export function isOpenPath(path: string): boolean {
  return openPaths.has(path) || pageFile.test(path);
}
