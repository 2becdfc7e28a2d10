import { Component, type ReactNode } from "react";
import { Button } from "../parts/button.tsx";
import { Failure } from "../parts/failure.tsx";
import { beginAnew, forgetPerson } from "../state/person.ts";

interface BoundaryProps {
  /** The address that is shown: another one is tried anew. */
  readonly at?: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly failure?: unknown;
}

/** In place of an empty window, where what came from somewhere, or was kept here, cannot be shown: the ways out. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = {};

  static getDerivedStateFromError(failure: unknown): BoundaryState {
    return { failure };
  }

  override componentDidUpdate(before: BoundaryProps) {
    if (this.hasFailed && before.at !== this.props.at) this.setState({ failure: undefined });
  }

  override render() {
    return this.hasFailed ? <Broken failure={this.state.failure} /> : this.props.children;
  }

  private get hasFailed(): boolean {
    return this.state.failure !== undefined;
  }
}

function Broken({ failure }: { readonly failure: unknown }) {
  return (
    <main className="broken">
      <h1>This page cannot be shown</h1>
      <Failure error={failure} />
      <p>Nothing on the server is lost. Where it happens again, what this browser keeps may be at fault.</p>
      <div className="broken-ways">
        <Button look="primary" onClick={beginAnew}>
          Begin at the first page
        </Button>
        <Button onClick={() => forgetPerson()}>Delete drafts, choices and keys kept in this browser</Button>
      </div>
    </main>
  );
}
