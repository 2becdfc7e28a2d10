import { useState } from "react";
import type { UsageCounts } from "../../protocol/usage.ts";
import { toCount, toDollars } from "../parts/amounts.ts";
import { Button } from "../parts/button.tsx";
import { TableBox } from "../parts/table-box.tsx";
import { amountOf, type Measure } from "./measure.ts";

export interface NamesTableProps {
  readonly title: string;
  /** What one of them is. */
  readonly kind: string;
  readonly groups: Readonly<Record<string, UsageCounts>>;
  readonly measure: Measure;
  readonly onChoose?: (name: string) => void;
}

const shownAtFirst = 8;

/** Who had how much: a table with a bar in each row, most first. */
export function NamesTable({ title, kind, groups, measure, onChoose }: NamesTableProps) {
  const [isWhole, setWhole] = useState(false);
  const rows = Object.entries(groups).sort(([, a], [, b]) => amountOf(measure, b) - amountOf(measure, a));
  const most = Math.max(0, ...rows.map(([, counts]) => amountOf(measure, counts)));
  return (
    <section>
      <h2>{title}</h2>
      <TableBox label={title}>
        <thead>
          <tr>
            <th scope="col">{kind}</th>
            <th scope="col" className="number">
              Requests
            </th>
            <th scope="col" className="number">
              Tokens
            </th>
            <th scope="col" className="number">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, isWhole ? rows.length : shownAtFirst).map(([name, counts]) => (
            <tr key={name}>
              <th scope="row">
                {onChoose ? (
                  <button type="button" className="link-button usage-name" onClick={() => onChoose(name)}>
                    {name || "(none)"}
                  </button>
                ) : (
                  name || "(none)"
                )}
                <ShareBar share={most === 0 ? 0 : amountOf(measure, counts) / most} />
              </th>
              <td className="number">{toCount(counts.requests)}</td>
              <td className="number">{toCount(counts.total_tokens)}</td>
              <td className="number">{toDollars(counts.cost)}</td>
            </tr>
          ))}
        </tbody>
      </TableBox>
      {rows.length > shownAtFirst && (
        <Button look="quiet" onClick={() => setWhole(!isWhole)}>
          {isWhole ? "Show fewer" : `Show all ${toCount(rows.length)}`}
        </Button>
      )}
    </section>
  );
}

function ShareBar({ share }: { readonly share: number }) {
  return (
    <svg aria-hidden className="usage-share">
      <rect className="usage-share-ground" width="100%" height="100%" rx={3} />
      {share > 0 && <rect className="usage-first" width={`${Math.max(1, share * 100)}%`} height="100%" rx={3} />}
    </svg>
  );
}
