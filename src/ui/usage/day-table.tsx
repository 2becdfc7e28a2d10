import { toCount, toDollars } from "../parts/amounts.ts";
import { TableBox } from "../parts/table-box.tsx";
import { type Period, toDayName } from "./periods.ts";

/** The figures of the chart, of days that have any, newest first. */
export function DayTable({ periods }: { readonly periods: readonly Period[] }) {
  const used = periods.filter(({ requests }) => requests > 0).toReversed();
  return (
    <details className="usage-table">
      <summary>The same as a table</summary>
      <TableBox label="Usage by day, as a table">
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            {["Requests", "Tokens in", "Tokens out", "Saved", "Cost"].map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {used.map((period) => (
            <tr key={period.from}>
              <th scope="row">{toDayName(period, true)}</th>
              <td className="number">{toCount(period.requests)}</td>
              <td className="number">{toCount(period.prompt_tokens)}</td>
              <td className="number">{toCount(period.completion_tokens)}</td>
              <td className="number">{toCount(period.saved_tokens)}</td>
              <td className="number">{toDollars(period.cost)}</td>
            </tr>
          ))}
        </tbody>
      </TableBox>
    </details>
  );
}
