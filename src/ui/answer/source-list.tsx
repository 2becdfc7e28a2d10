import type { Source } from "../markdown/sources.ts";
import { toLinkAddress } from "../markdown/address.ts";
import { showHiddenSigns } from "../markdown/hidden-signs.tsx";

/** The pages that an answer has drawn from, by the numbers that it cites them by. */
export function SourceList({ sources }: { readonly sources: readonly Source[] }) {
  if (sources.length === 0) return null;
  return (
    <section className="answer-sources" aria-label="Sources">
      <p className="muted">Sources</p>
      <ul>
        {sources.map((source) => (
          <SourceCard key={source.number} source={source} />
        ))}
      </ul>
    </section>
  );
}

function SourceCard({ source: { number, title, url } }: { readonly source: Source }) {
  const address = toLinkAddress(url);
  return (
    <li>
      <span className="answer-source-number">{number}</span>
      {address ? (
        <a href={address.href} target="_blank" rel="noopener noreferrer nofollow" title={address.href}>
          <bdi>{showHiddenSigns(title)}</bdi>
        </a>
      ) : (
        <bdi>{showHiddenSigns(title)}</bdi>
      )}
      {address && address.host !== "" && <bdi className="muted">{address.host}</bdi>}
    </li>
  );
}
