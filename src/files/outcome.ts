/** What became of an uploaded file, or of a member of one. */
export type Outcome =
  | {
      readonly kind: "document";
      readonly name: string;
      /** A new file, under a generated name, on disk: its Markdown. */
      readonly path: string;
      readonly bytes: number;
      /** Of a page of the web: its title, and its own address as it says itself. */
      readonly title?: string;
      readonly canonical?: string;
    }
  | {
      readonly kind: "media";
      readonly name: string;
      /** By its content. */
      readonly type: string;
      /** The uploaded file itself; or a member's own new file, under a generated name, on disk. */
      readonly path: string;
      readonly bytes: number;
    }
  | { readonly kind: "skipped"; readonly name: string; readonly reason: string };

/** What a process makes of a file: outcomes, and members that are still to be looked at, each written to a file. */
export type Piece = Outcome | { readonly kind: "member"; readonly name: string; readonly path: string };
