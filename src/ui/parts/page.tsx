import type { ReactNode } from "react";

export interface PageProps {
  readonly title: string;
  /** One sentence below it. */
  readonly about?: ReactNode;
  /** Buttons and searches beside the title. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** Any page that is no chat: its title, what can be done there, and what it shows. */
export function Page({ title, about, actions, children }: PageProps) {
  return (
    <main id="main" className="page" tabIndex={-1}>
      <title>{`${title} · Parley`}</title>
      <header className="page-header">
        <div>
          <h1>{title}</h1>
          {about !== undefined && <p className="muted">{about}</p>}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </main>
  );
}
