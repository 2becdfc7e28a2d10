import { Component, type ReactNode } from "react";
import { PlainText } from "./plain-text.tsx";

export interface BlockBoundaryProps {
  readonly raw: string;
  readonly children: ReactNode;
}

/** What cannot be shown is shown as it was written: one block of an answer never takes the page with it. */
export class BlockBoundary extends Component<BlockBoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <PlainText text={this.props.raw} /> : this.props.children;
  }
}
