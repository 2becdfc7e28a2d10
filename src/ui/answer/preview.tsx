import { RemoteMedia } from "../markdown/media.tsx";
import { toOwnMedia } from "../markdown/address.ts";

/** A picture that is still being made. */
export function Preview({ address }: { readonly address: string }) {
  const own = toOwnMedia(address);
  return own === undefined ? (
    <RemoteMedia kind="image" address={address} alt="" raw="" />
  ) : (
    <img className="answer-preview" src={own} alt="The picture, as far as it is made" />
  );
}
