import type { Considered, RunTrace } from "../../protocol/trace.ts";
import { toCount, toDuration } from "../parts/amounts.ts";
import { TableBox } from "../parts/table-box.tsx";
import { tellDecision, tellKnown, toName } from "./words.ts";

type Decision = RunTrace["decision"];

/** What the router saw before anybody was asked, and what it made of it. */
export function DecisionView({ decision }: { readonly decision: Decision }) {
  const { candidates, considered } = decision;
  const left = considered.filter(({ skipped }) => skipped !== null);
  return (
    <section>
      <h2>What the router decided</h2>
      <p>{tellDecision(decision)}</p>
      <h3>Candidates, in order</h3>
      <ol className="runs-candidates">
        {candidates.map((candidate, index) => (
          <li key={index}>
            {toName(candidate)}
            <p className="muted">{tellCandidate(candidate, considered)}</p>
          </li>
        ))}
      </ol>
      {left.length > 0 && <LeftOut left={left} />}
    </section>
  );
}

function tellCandidate(candidate: Decision["candidates"][number], considered: readonly Considered[]): string {
  const { provider, model, first_token_timeout_ms: limit } = candidate;
  const found = considered.find((each) => each.provider === provider && (each.model ?? model) === model);
  const known = found ? tellKnown(found) : "";
  return limit === null ? known : `${known}${known && "; "}the next one after ${toDuration(limit)} without a token`;
}

function LeftOut({ left }: { readonly left: readonly Considered[] }) {
  const heading = `Left out (${toCount(left.length)})`;
  return (
    <details className="runs-left" open={left.length <= 5}>
      <summary>
        <h3>{heading}</h3>
      </summary>
      <TableBox label={heading}>
        <thead>
          <tr>
            <th scope="col">Provider and model</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {left.map((each, index) => (
            <tr key={index}>
              <th scope="row">
                {toName({ provider: each.provider, ...(each.model !== null && { model: each.model }) })}
              </th>
              <td>{each.skipped}</td>
            </tr>
          ))}
        </tbody>
      </TableBox>
    </details>
  );
}
