const ownMedia = /^\/(?:(?:media|images|thumbnail)\/[^/]+|files\/[^/]+\/(?:media|thumbnail)\/[^/]+)$/;
const ownPages = /^\/share\/[^/]+\/?$/;
const pictureData = /^data:image\/(?:png|jpeg|gif|webp|avif);base64,[A-Za-z0-9+/=]+$/;

/** The address of a medium of this server's; of anybody else's nothing is fetched, who would learn who reads this. */
export function toOwnMedia(address: string): string | undefined {
  return pictureData.test(address) ? address : toMediaPath(address, location.href);
}

/** The path of a medium that lies where the page does, without what it is asked beside: a picture is fetched unasked. */
export function toMediaPath(address: string, page: string): string | undefined {
  const url = URL.parse(address, page);
  return url && url.origin === new URL(page).origin && ownMedia.test(url.pathname) ? url.pathname : undefined;
}

/**
 * Where a link of a model's may lead: the web, a mail, a medium or a shared chat of this server's. Not to the rest of this
 * server: a link could have it do something.
 */
export function toLinkAddress(address: string): URL | undefined {
  const url = URL.parse(address, location.href);
  if (!url || !["http:", "https:", "mailto:"].includes(url.protocol)) return undefined;
  // A name before the host is there to be taken for it.
  if (url.protocol !== "mailto:" && (url.username !== "" || url.password !== "")) return undefined;
  if (url.origin !== origin()) return url;
  return ownMedia.test(url.pathname) || ownPages.test(url.pathname) ? url : undefined;
}

/** The address's own: a shared chat's page stands in an origin of nobody's. */
function origin(): string {
  return location.origin;
}
